// Host and guest, from the home page to the goodbye.

import {
  admit,
  askToJoin,
  atTheDoor,
  devicesAreOff,
  end,
  enter,
  enterAdmitted,
  everybodyMeets,
  hears,
  host,
  inCall,
  leave,
  makeRoom,
  press,
  reads,
  readsInChat,
  say,
  sees,
  sends,
  sendsNothing,
  tile,
  tiles,
  useDevices,
} from '../support/room.mjs';
import { ANA, BO, expect, test } from '../support/test.mjs';
import { traffic, whoIsSeen } from '../support/senses.mjs';

test('a guest knocks, is let in, and both see and hear each other', async ({ person }) => {
  const ana = await person(ANA);
  const link = await makeRoom(ana, { name: 'Cello lesson' });
  await expect(ana.page.getByRole('heading', { name: 'Cello lesson' })).toBeVisible();
  await useDevices(ana);
  await askToJoin(ana);
  await inCall(ana);
  await reads(ana, 'You are the only one here');

  const bo = await person(BO);
  await enter(bo, link);
  await atTheDoor(bo);
  // Whoever waits receives nothing of the room: there is not even a connection yet.
  expect(await traffic(bo.page)).toMatchObject({ audio: { received: 0 }, video: { received: 0 } });
  await expect(tiles(bo)).toHaveCount(0);

  await admit(ana, 'Bo');
  await inCall(bo);
  await everybodyMeets([ana, bo]);
});

test('a muted microphone and a stopped camera send nothing, and come back', async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person(BO)];
  await enterAdmitted(bo, await host(ana), ana);
  await everybodyMeets([ana, bo]);

  await press(bo, /^Mute microphone/);
  await hears(ana, [], [ana, bo]);
  await sendsNothing(bo, 'audio');
  await sends(bo, 'video');
  await expect(tile(ana, 'Bo')).toContainText('Microphone is off');
  await press(bo, /^Unmute microphone/);
  await hears(ana, [bo], [ana, bo]);
  await expect(tile(ana, 'Bo').getByText('Microphone is off')).toBeHidden();

  await press(bo, /^Turn camera off/);
  await sendsNothing(bo, 'video');
  await sends(bo, 'audio');
  await expect(tile(ana, 'Bo').locator('video')).toBeHidden();
  await press(bo, /^Turn camera on/);
  await sees(ana, bo, [ana, bo]);
  await expect(tile(ana, 'Bo').locator('video')).toBeVisible();
});

test('messages go both ways and stay with the room', async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person(BO)];
  const link = await host(ana);
  await enterAdmitted(bo, link, ana);
  await say(ana, 'Welcome, Bo!');
  await readsInChat(bo, 'Welcome, Bo!');
  await say(bo, 'Hello, <b>Ana</b> & all');
  await readsInChat(ana, 'Hello, <b>Ana</b> & all');
  await readsInChat(ana, 'Welcome, Bo!');

  await leave(bo);
  await press(bo, 'Join again');
  await atTheDoor(bo);
  await admit(ana, 'Bo');
  await inCall(bo);
  await readsInChat(bo, 'Welcome, Bo!');
});

test('a reload comes back as the same person, without a second knock', async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person(BO)];
  await enterAdmitted(bo, await host(ana), ana);
  await everybodyMeets([ana, bo]);

  await bo.page.reload();
  await inCall(bo);
  await everybodyMeets([ana, bo]);
  await expect(tiles(ana)).toHaveCount(2);
  await expect(ana.page.getByText('wants to join')).toHaveCount(0);

  await ana.page.reload();
  await inCall(ana);
  await everybodyMeets([ana, bo]);
});

test('whoever leaves is gone at once, with their devices off', async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person(BO)];
  await enterAdmitted(bo, await host(ana), ana);
  await everybodyMeets([ana, bo]);

  await leave(bo);
  await reads(bo, 'You left the call');
  await devicesAreOff(bo);
  await expect(tiles(ana)).toHaveCount(1);
  await hears(ana, [], [ana, bo]);
  await reads(ana, 'You are the only one here');
});

test('a closed tab leaves no ghost', async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person(BO)];
  await enterAdmitted(bo, await host(ana), ana);
  await everybodyMeets([ana, bo]);
  await bo.page.close();
  await expect(tiles(ana)).toHaveCount(1, { timeout: 10_000 });
});

test('the host ends the call for everybody', async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person(BO)];
  const link = await host(ana);
  await enterAdmitted(bo, link, ana);
  await everybodyMeets([ana, bo]);

  await end(ana);
  await reads(ana, 'You ended the call for everybody');
  await reads(bo, 'This call has ended');
  await devicesAreOff(ana);
  await devicesAreOff(bo);

  await bo.page.goto(link);
  await reads(bo, 'This call has ended');
});

test('a shared screen is a tile of its own, until it is stopped', async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person(BO)];
  await enterAdmitted(bo, await host(ana), ana);
  await everybodyMeets([ana, bo]);
  await press(bo, /^Share your screen/);
  const shared = ana.page.getByRole('figure', { name: /Bo’s screen$/ });
  await expect(shared).toBeVisible();
  const colour = () => whoIsSeen(shared, [{ name: 'half of Bo, half black', colour: '#10206a' }]);
  await expect.poll(colour).toBe('half of Bo, half black');
  await press(bo, /^Stop sharing/);
  await expect(shared).toHaveCount(0);
  await everybodyMeets([ana, bo]);
});
