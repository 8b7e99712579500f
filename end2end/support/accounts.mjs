// Accounts for journeys that are about something else.

import { alive, button, press } from './room.mjs';
import { expect } from './test.mjs';

const PASSWORD = 'four brown bears';

/** Makes an account with an address that no other test uses. */
export async function signUp(who) {
  const mark = `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`;
  await who.page.goto('/sign-up');
  await alive(who);
  await who.page.getByLabel('Your name').fill(who.name);
  await who.page.getByLabel('E-mail address').fill(`${who.name.toLowerCase()}.${mark}@example.org`);
  await who.page.getByLabel('Password').fill(PASSWORD);
  await press(who, 'Make my account');
  await expect(button(who, `Your account, ${who.name}`)).toBeVisible();
}
