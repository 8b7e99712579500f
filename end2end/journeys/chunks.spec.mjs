// A page's code comes in several files. One that does not arrive costs a press on "Try again", nothing more.

import { alive, askToJoin, button, everybodyMeets, host, inCall, makeRoom, press, reads, useDevices } from '../support/room.mjs';
import { ANA, BO, expect, test } from '../support/test.mjs';

const MISSING = /ERR_FAILED|Failed to load resource|NetworkError|Failed to fetch/;
const TITLE = 'A part of the page did not arrive';

/** The file of a chunk, whether its name carries a hash or not. */
const file = (chunk) => new RegExp(`/split_${chunk}[^/]*\\.wasm`);

test('what makes calls does not arrive', async ({ person }) => {
  const ana = await person(ANA);
  ana.mayFail(MISSING);
  const link = await makeRoom(ana);
  await ana.page.route(file('engine'), (route) => route.abort());
  await ana.page.goto(link);
  await reads(ana, TITLE);
  await ana.page.unroute(file('engine'));
  await press(ana, 'Try again');
  await alive(ana);
  await useDevices(ana);
  await askToJoin(ana);
  await inCall(ana);
});

test('a page answers before what makes calls is there', async ({ person }) => {
  const ana = await person(ANA);
  const link = await makeRoom(ana);
  let go;
  const held = new Promise((resolve) => (go = resolve));
  await ana.page.route(file('engine'), async (route) => {
    await held;
    await route.continue();
  });
  await ana.page.goto(link);
  await alive(ana);
  await press(ana, 'Use camera and microphone');
  await ana.page.getByLabel('Your name').fill(ana.name);
  go();
  await expect(ana.page.getByLabel('Your picture, as you see it in a mirror')).toBeVisible();
  await askToJoin(ana);
  await inCall(ana);
});

test('what is pressed and typed before the page is alive is not lost', async ({ person }) => {
  const ana = await person(ANA);
  const link = await makeRoom(ana);
  let go;
  const held = new Promise((resolve) => (go = resolve));
  await ana.page.route(/\/anteroom[^/]*\.wasm/, async (route) => {
    await held;
    await route.continue();
  });
  await ana.page.goto(link);
  await ana.page.getByLabel('Your name').fill('Ana Lovelace');
  await press(ana, 'Use camera and microphone');
  go();
  await alive(ana);
  await expect(ana.page.getByLabel('Your picture, as you see it in a mirror')).toBeVisible();
  await expect(ana.page.getByLabel('Your name')).toHaveValue('Ana Lovelace');
  await press(ana, 'Start the call');
  await inCall(ana);
  await expect(ana.page.getByRole('figure').filter({ hasText: 'Ana Lovelace' })).toBeVisible();
});

test('the page of the call does not arrive', async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person(BO)];
  const link = await host(ana, { open: true });
  bo.mayFail(MISSING);
  await bo.page.route(file('call'), (route) => route.abort());
  await bo.page.goto(link);
  await alive(bo);
  await useDevices(bo);
  await askToJoin(bo);
  await reads(bo, TITLE);
  await bo.page.unroute(file('call'));
  await press(bo, 'Try again');
  await inCall(bo);
  await everybodyMeets([ana, bo]);
});

test('whoever joins before the page of the call is there sees that they are joining', async ({ person }) => {
  const ana = await person(ANA);
  const link = await makeRoom(ana);
  let go;
  const held = new Promise((resolve) => (go = resolve));
  await ana.page.route(file('call'), async (route) => {
    await held;
    await route.continue();
  });
  await ana.page.goto(link);
  await alive(ana);
  await useDevices(ana);
  await askToJoin(ana);
  await expect(button(ana, /^Joining/)).toBeVisible();
  go();
  await inCall(ana);
});
