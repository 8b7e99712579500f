// axe on every page and state, in both themes, at the width of a phone and of a desk.

import {
  admit,
  atTheDoor,
  button,
  duplicate,
  end,
  enter,
  host,
  inCall,
  leave,
  makeRoom,
  open,
  press,
  reads,
  say,
  useDevices,
} from '../support/room.mjs';
import { isAccessible } from '../support/desk.mjs';
import { ANA, BO, CLEO, expect, test } from '../support/test.mjs';

const LOOKS = {
  'dark, on a desk': { colorScheme: 'dark', viewport: { width: 1440, height: 900 } },
  'light, on a phone': { colorScheme: 'light', viewport: { width: 360, height: 740 } },
};

for (const [look, context] of Object.entries(LOOKS)) {
  test(`before the call: ${look}`, async ({ person }) => {
    const ana = await person({ ...ANA, context });
    await ana.page.goto('/');
    await isAccessible(ana, 'home page');
    await makeRoom(ana);
    await isAccessible(ana, 'entry page');
    await useDevices(ana);
    await isAccessible(ana, 'entry page with devices');
    const bo = await person({ ...BO, camera: 'denied', microphone: 'denied', context });
    await open(bo, ana.page.url());
    await press(bo, 'Use camera and microphone');
    await expect(bo.page.getByText('does not allow the camera').first()).toBeVisible();
    await isAccessible(bo, 'entry page with refused devices');
    const cleo = await person({ ...CLEO, camera: 'missing', microphone: 'busy', context });
    await open(cleo, ana.page.url());
    await press(cleo, 'Use camera and microphone');
    await expect(cleo.page.getByText('No camera was found').first()).toBeVisible();
    await isAccessible(cleo, 'entry page with a missing and a busy device');
    bo.mayFail(/404/);
    await bo.page.goto('/r/bcd-fghj-kmn');
    await isAccessible(bo, 'no such room');
  });

  test(`in the call: ${look}`, async ({ person }) => {
    // axe reads every state of a call, and each takes it seconds.
    test.setTimeout(240_000);
    const [ana, bo] = [await person({ ...ANA, context }), await person({ ...BO, context })];
    const link = await host(ana);
    await isAccessible(ana, 'alone in the call');
    await enter(bo, link);
    await atTheDoor(bo);
    await isAccessible(bo, 'at the door');
    await isAccessible(ana, 'somebody knocks');
    await admit(ana, 'Bo');
    await inCall(bo);
    await isAccessible(bo, 'in the call');
    await say(bo, 'Hello');
    await isAccessible(bo, 'with the chat open');
    // On a phone the panel lies over the bar.
    await bo.page.keyboard.press('Escape');
    await press(bo, 'More');
    await expect(button(bo, 'Keyboard shortcuts')).toBeVisible();
    await isAccessible(bo, 'with more to do');
    await press(bo, 'Keyboard shortcuts');
    await expect(bo.page.getByRole('dialog')).toContainText('Keyboard shortcuts');
    await isAccessible(bo, 'with the shortcuts');
    await bo.page.keyboard.press('Escape');
    await expect(bo.page.getByRole('dialog')).toBeHidden();
    await bo.page.keyboard.press('s');
    await expect(ana.page.getByRole('figure', { name: /Bo’s screen$/ })).toBeVisible();
    await isAccessible(bo, 'sharing a screen');
    await isAccessible(ana, 'shown a screen');
    await bo.page.keyboard.press('s');
    await expect(ana.page.getByRole('figure', { name: /Bo’s screen$/ })).toHaveCount(0);
    const second = { ...bo, page: await bo.context.newPage() };
    await open(second, link);
    await isAccessible(second, 'entry page in a second tab');
    await second.page.close();
    const tab = await duplicate(bo);
    await inCall(tab);
    await reads(bo, 'You are in this call in another tab');
    await isAccessible(bo, 'in the call by another tab');
    await press(ana, /^People/);
    const cleo = await person({ ...CLEO, context });
    await enter(cleo, link);
    await atTheDoor(cleo);
    await isAccessible(ana, 'with the list of people open and somebody at the door');
    await button(ana, 'Deny Cleo').first().click();
    await reads(cleo, 'The host did not let you in');
    await isAccessible(cleo, 'denied');
    await ana.page.keyboard.press('Escape');
    await leave(tab);
    await reads(tab, 'You left the call');
    await isAccessible(tab, 'after leaving');
    await press(ana, /^Leave the call/);
    await expect(ana.page.getByRole('dialog')).toBeVisible();
    await isAccessible(ana, 'asked whether to leave');
    await ana.page.keyboard.press('Escape');
    await end(ana);
    await reads(ana, 'You ended the call for everybody');
    await isAccessible(ana, 'after the end');
  });
}
