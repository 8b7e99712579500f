// The whole way by keyboard: what has the focus is found by Tab, and pressed by Enter or Space.

import { alive, everybodyMeets, hears, inCall, reads } from '../support/room.mjs';
import { ANA, BO, expect, test } from '../support/test.mjs';

/** Presses Tab until something of this name has the focus. A person would give up, too, after so many. */
async function tabTo(who, name) {
  const focused = () =>
    who.page.evaluate(() => {
      const element = document.activeElement;
      // Nothing has the focus yet: the whole page is not what was looked for.
      if (!element || element === document.body) return '';
      const label = element?.labels?.[0]?.textContent ?? '';
      return `${element?.getAttribute('aria-label') ?? ''} ${label} ${element?.textContent ?? ''}`;
    });
  for (let pressed = 0; pressed < 60; pressed += 1) {
    await who.page.keyboard.press('Tab');
    if (name.test(await focused())) return;
  }
  throw new Error(`${who.name} cannot reach ${name} by Tab`);
}

async function tabAndPress(who, name) {
  await tabTo(who, name);
  await who.page.keyboard.press('Enter');
}

/** From the open entry page into the call or to its door. */
async function enterByKeyboard(who) {
  await alive(who);
  await tabAndPress(who, /Use camera and microphone/);
  await expect(who.page.getByLabel('Your picture, as you see it in a mirror')).toBeVisible();
  await tabTo(who, /Your name/);
  await who.page.keyboard.type(who.name);
  await who.page.keyboard.press('Enter');
}

test('host and guest need no mouse', async ({ person, browserName }) => {
  const [ana, bo] = [await person(ANA), await person(BO)];
  await ana.page.goto('/');
  await tabAndPress(ana, /New room/);
  await ana.page.waitForURL(/\/r\//);
  await enterByKeyboard(ana);
  await inCall(ana);

  await bo.page.goto(ana.page.url());
  await enterByKeyboard(bo);
  await reads(bo, 'You are in the waiting room');
  await tabAndPress(ana, /Admit Bo/);
  await inCall(bo);
  await everybodyMeets([ana, bo]);

  await bo.page.keyboard.press('m');
  await hears(ana, [], [ana, bo]);
  await bo.page.keyboard.press('m');
  await hears(ana, [bo], [ana, bo]);

  await bo.page.keyboard.press('c');
  await expect(bo.page.getByLabel('Message to everybody')).toBeFocused();
  await bo.page.keyboard.type('me, and cameras: typing is no shortcut');
  await bo.page.keyboard.press('Enter');
  await expect(bo.page.getByRole('log').getByText('me, and cameras: typing is no shortcut')).toBeVisible();
  await hears(ana, [bo], [ana, bo]);
  await bo.page.keyboard.press('Escape');
  await expect(bo.page.getByLabel('Message to everybody')).toBeHidden();

  await bo.page.keyboard.press('?');
  await expect(bo.page.getByRole('dialog')).toContainText('Keyboard shortcuts');
  await bo.page.keyboard.press('Escape');
  await expect(bo.page.getByRole('dialog')).toBeHidden();

  await bo.page.keyboard.press('l');
  await tabUntilPressed(bo);
  await reads(bo, 'You left the call');
});

/** The dialog opens with its first answer focused; Enter takes it. */
async function tabUntilPressed(who) {
  await expect(who.page.getByRole('dialog').getByRole('button', { name: 'Leave', exact: true })).toBeFocused();
  await who.page.keyboard.press('Enter');
}
