// The front door: who is let in, who is not, and what everybody is told.

import {
  admit,
  askToJoin,
  atTheDoor,
  button,
  devicesAreOff,
  enter,
  enterAdmitted,
  everybodyMeets,
  host,
  inCall,
  open,
  press,
  reads,
  tiles,
  useDevices,
} from '../support/room.mjs';
import { ANA, BO, CLEO, expect, test } from '../support/test.mjs';
import { isAccessible } from '../support/desk.mjs';
import { traffic } from '../support/senses.mjs';

test('a denied guest is told kindly, receives nothing, and may ask again', async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person(BO)];
  const link = await host(ana);
  await enter(bo, link);
  await atTheDoor(bo);
  await press(ana, 'Deny Bo');
  await reads(bo, 'The host did not let you in');
  await devicesAreOff(bo);
  expect(await traffic(bo.page)).toMatchObject({ audio: { received: 0 }, video: { received: 0 } });
  await expect(tiles(ana)).toHaveCount(1);

  await press(bo, 'Ask to join again');
  await atTheDoor(bo);
  await admit(ana, 'Bo');
  await inCall(bo);
});

test('a removed guest cannot come back by the link alone, only when the host lets them in again', { tag: '@loud' }, async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person(BO)];
  const link = await host(ana);
  await enterAdmitted(bo, link, ana);
  await everybodyMeets([ana, bo]);

  await press(ana, /^People/);
  await press(ana, 'More about Bo');
  await ana.page.getByRole('menuitem', { name: /^Remove/ }).click();
  await ana.page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
  await reads(bo, 'The host removed you from the call');
  await isAccessible(bo, 'removed');
  await devicesAreOff(bo);
  await expect(tiles(ana)).toHaveCount(1);

  await open(bo, link);
  await useDevices(bo);
  await askToJoin(bo);
  await atTheDoor(bo);
  await expect(tiles(ana)).toHaveCount(1);
  await admit(ana, 'Bo');
  await everybodyMeets([ana, bo]);
});

test('a guest waits for a host who is away, and is still there when the host arrives', async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person(BO)];
  const link = await host(ana);
  await press(ana, /^Leave the call/);
  await ana.page.getByRole('dialog').getByRole('button', { name: 'Leave', exact: true }).click();
  await reads(ana, 'You left the call');

  await enter(bo, link);
  await atTheDoor(bo);
  await expect(bo.page.getByText('The host is not here yet.').first()).toBeVisible();
  await press(ana, 'Join again');
  await inCall(ana);
  await expect(bo.page.getByText('The host knows that you are here').first()).toBeVisible();
  await admit(ana, 'Bo');
  await inCall(bo);
});

test('all who wait are let in at once', async ({ person }) => {
  const [ana, bo, cleo] = [await person(ANA), await person(BO), await person(CLEO)];
  const link = await host(ana);
  await enter(bo, link);
  await enter(cleo, link);
  await atTheDoor(bo);
  await atTheDoor(cleo);
  await button(ana, 'Admit all').first().click();
  await inCall(bo);
  await inCall(cleo);
  await expect(tiles(ana)).toHaveCount(3);
});

test('all who wait are sent away at once, from the notice and from the list', async ({ person }) => {
  const [ana, bo, cleo] = [await person(ANA), await person(BO), await person(CLEO)];
  const link = await host(ana);
  const guests = [bo, cleo];
  for (const guest of guests) {
    await enter(guest, link);
    await atTheDoor(guest);
  }
  await press(ana, 'Deny all');
  for (const guest of guests) {
    await reads(guest, 'The host did not let you in');
    await press(guest, 'Ask to join again');
    await atTheDoor(guest);
  }
  await press(ana, /^People/);
  await ana.page.getByRole('region', { name: /^Waiting to join/ }).getByRole('button', { name: 'Deny all' }).click();
  for (const guest of guests) {
    await reads(guest, 'The host did not let you in');
  }
  await expect(tiles(ana)).toHaveCount(1);
});

test('whoever stops waiting is off the host’s list', async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person(BO)];
  await enter(bo, await host(ana));
  await atTheDoor(bo);
  await expect(button(ana, 'Admit Bo')).toBeVisible();
  await press(bo, 'Stop waiting');
  await expect(button(ana, 'Admit Bo')).toHaveCount(0);
});

test('a reload keeps the place at the door, and another tab says where one waits', async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person(BO)];
  const link = await host(ana);
  await enter(bo, link);
  await atTheDoor(bo);
  await bo.page.reload();
  await expect(button(bo, 'Stop waiting')).toBeVisible();
  await expect(button(ana, 'Admit Bo')).toHaveCount(1);

  const tab = await bo.page.context().newPage();
  await tab.goto(link);
  await expect(tab.getByText('You are waiting in another tab of this browser.')).toBeVisible();
  await tab.getByRole('button', { name: 'Ask to join here' }).click();
  await expect(tab.getByLabel('Your name')).toBeVisible();
  await tab.close();

  await admit(ana, 'Bo');
  await inCall(bo);
  const again = await bo.page.context().newPage();
  await again.goto(link);
  await expect(again.getByText('You are in this call already, in another tab of this browser.')).toBeVisible();
  await expect(again.getByLabel('Your name')).toBeVisible();
  await again.close();
});

test('a room without a waiting room lets everybody walk in', { tag: '@loud' }, async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person(BO)];
  const link = await host(ana, { open: true });
  await enter(bo, link);
  await inCall(bo);
  await everybodyMeets([ana, bo]);
});

test('a link to nowhere says so, and a code on the home page leads to its room', async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person(BO)];
  const link = await host(ana, { name: 'Choir' });
  bo.mayFail(/404/);
  await bo.page.goto('/r/bcd-fghj-kmn');
  await reads(bo, 'There is no room here');

  await bo.page.goto('/');
  await bo.page.getByLabel('Code or link').fill(link);
  await press(bo, 'Join');
  await reads(bo, 'Choir');
  await ana.page.goto('/');
  await expect(ana.page.getByRole('region', { name: 'Your rooms' }).getByText('Choir')).toBeVisible();
});
