// Chromium and Firefox in the same room: each sees and hears the other.

import { enterAdmitted, everybodyMeets, hears, host, inCall, press, sees } from '../support/room.mjs';
import { ANA, BO, test } from '../support/test.mjs';

test('Chromium hosts and Firefox knocks', async ({ person, secondBrowser }) => {
  const ana = await person(ANA);
  const bo = await person({ ...BO, browser: secondBrowser });
  await enterAdmitted(bo, await host(ana), ana);
  await everybodyMeets([ana, bo]);
  await press(bo, /^Mute microphone/);
  await hears(ana, [], [ana, bo]);
  await press(bo, /^Unmute microphone/);
  await hears(ana, [bo], [ana, bo]);
});

test('Firefox hosts and Chromium knocks', async ({ person, secondBrowser }) => {
  const ana = await person({ ...ANA, browser: secondBrowser });
  const bo = await person(BO);
  await enterAdmitted(bo, await host(ana), ana);
  await everybodyMeets([ana, bo]);
  await bo.page.reload();
  await inCall(bo);
  await sees(ana, bo, [ana, bo]);
  await everybodyMeets([ana, bo]);
});
