// Networks that go away and come back, and servers that do: nobody knocks twice, nobody is seen twice.

import { isAccessible } from '../support/desk.mjs';
import { does, isTold } from '../support/hosting.mjs';
import {
  admit,
  atTheDoor,
  button,
  enter,
  enterAdmitted,
  everybodyMeets,
  hears,
  host,
  inCall,
  press,
  sees,
  tile,
  tiles,
} from '../support/room.mjs';
import { ANA, BO, CLEO, expect } from '../support/test.mjs';
import { OFFLINE, journey } from '../support/wired.mjs';

/** Counts the tiles of a page at every change, and keeps the highest number. */
async function watchTiles(who) {
  await who.page.evaluate(() => {
    const room = document.querySelector('section[aria-label="People in the call"]');
    const count = () => (window.__mostTiles = Math.max(window.__mostTiles ?? 0, room.querySelectorAll('figure').length));
    count();
    new MutationObserver(count).observe(room, { childList: true, subtree: true });
  });
}

const mostTiles = (who) => who.page.evaluate(() => window.__mostTiles);

/** What a page says while it is on its way back. */
const wayBack = (who) => who.page.getByText('Reconnecting… you are still in the room.').filter({ visible: true });

async function reconnects(who) {
  await expect(wayBack(who).first()).toBeVisible({ timeout: 30_000 });
}

/** Whoever came back by themselves is where they were. */
async function isBack(people) {
  for (const who of people) {
    await expect(wayBack(who)).toHaveCount(0, { timeout: 60_000 });
    await inCall(who);
  }
  await everybodyMeets(people);
}

journey('a network that is gone for a few seconds costs nothing but these seconds', async ({ person, wired }) => {
  const [ana, bo] = [await person(ANA), await wired(BO)];
  await enterAdmitted(bo, bo.link(await host(ana)), ana);
  await everybodyMeets([ana, bo]);
  await watchTiles(ana);

  bo.cable.pull();
  await reconnects(bo);
  await hears(ana, [], [ana, bo]);
  await expect(tiles(ana)).toHaveCount(2);
  bo.cable.putBack();

  await isBack([ana, bo]);
  expect(await mostTiles(ana)).toBe(2);
  await expect(button(ana, /^Admit/)).toHaveCount(0);
  await press(bo, /^Mute microphone/);
  await hears(ana, [], [ana, bo]);
});

journey('a network that is gone for long is waited for, and the seat is kept', async ({ person, wired }) => {
  journey.setTimeout(150_000);
  const [ana, bo] = [await person(ANA), await wired(BO)];
  await enterAdmitted(bo, bo.link(await host(ana)), ana);
  await everybodyMeets([ana, bo]);
  await watchTiles(ana);

  bo.cable.pull();
  // Until the server has noticed the silence and everybody sees that Bo is away.
  await expect(tile(ana, 'Bo').getByText('Reconnecting…')).toBeVisible({ timeout: 40_000 });
  await reconnects(bo);
  await isAccessible(bo, 'while the network is gone');
  await isAccessible(ana, 'while a guest’s network is gone');
  bo.cable.putBack();

  await isBack([ana, bo]);
  expect(await mostTiles(ana)).toBe(2);
  await expect(button(ana, /^Admit/)).toHaveCount(0);
});

journey('a host whose network is gone is waited for: the call goes on, and the door holds', async ({ person, wired, baseURL }) => {
  journey.setTimeout(150_000);
  const [ana, bo, cleo] = [await wired(ANA), await person(BO), await person(CLEO)];
  const link = new URL(new URL(await host(ana)).pathname, baseURL).href;
  await enterAdmitted(bo, link, ana);
  await everybodyMeets([ana, bo]);

  ana.cable.pull();
  await expect(tile(bo, 'Ana').getByText('Reconnecting…')).toBeVisible({ timeout: 40_000 });
  await reconnects(ana);
  await enter(cleo, link);
  await atTheDoor(cleo);
  await expect(cleo.page.getByText(/^The host is not here yet\./)).toBeVisible();
  await expect(button(bo, 'Admit Cleo')).toHaveCount(0);
  ana.cable.putBack();

  await isBack([ana, bo]);
  await expect(cleo.page.getByText(/^The host knows that you are here/)).toBeVisible();
  await admit(ana, 'Cleo');
  await inCall(cleo);
  await everybodyMeets([ana, bo, cleo]);
});

journey('a host whose network is gone for too long loses the seat and not the room', async ({ person, wired, baseURL }) => {
  journey.setTimeout(240_000);
  const [ana, bo, cleo] = [await wired(ANA), await person(BO), await person(CLEO)];
  const link = new URL(new URL(await host(ana)).pathname, baseURL).href;
  await enterAdmitted(bo, link, ana);
  await does(ana, 'Bo', 'Make co-host');
  await isTold(bo, 'You are a co-host now');

  ana.cable.pull();
  // Silence is noticed after 12 seconds, and the seat is kept for 45 more.
  await expect(tiles(bo)).toHaveCount(1, { timeout: 100_000 });
  await enter(cleo, link);
  await atTheDoor(cleo);
  await admit(bo, 'Cleo');
  await inCall(cleo);
  ana.cable.putBack();

  // Whichever of her questions is answered first: that the place is gone, or that the door opens to its owner.
  const isThere = async () => {
    if (await button(ana, 'Join again').isVisible()) await press(ana, 'Join again');
    return tiles(bo).count();
  };
  await expect.poll(isThere, { message: 'Ana is back', timeout: 60_000 }).toBe(3);
  await everybodyMeets([ana, bo, cleo]);
  await does(ana, 'Bo', 'Take co-host back');
  await isTold(bo, 'You are a guest now.');
});

for (const [how, signal] of [['restarted', 'SIGTERM'], ['killed and started again', 'SIGKILL']]) {
  journey(`a server that is ${how} finds everybody where they were`, async ({ server, person }) => {
    journey.setTimeout(150_000);
    const [ana, bo, cleo] = [await person(ANA), await person(BO), await person(CLEO)];
    for (const who of [ana, bo, cleo]) who.mayFail(OFFLINE);
    const link = await host(ana);
    await enterAdmitted(bo, link, ana);
    await everybodyMeets([ana, bo]);
    await enter(cleo, link);
    await expect(button(ana, 'Admit Cleo')).toBeVisible();
    await watchTiles(ana);

    await server.stop(signal);
    await reconnects(bo);
    await reconnects(ana);
    await server.start();

    await isBack([ana, bo]);
    expect(await mostTiles(ana)).toBe(2);
    // Whoever stood at the door still stands there.
    await press(ana, 'Admit Cleo');
    await inCall(cleo);
    await sees(ana, cleo, [ana, bo, cleo]);
  });
}
