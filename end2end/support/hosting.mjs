// What a host does about people in the call, by the list of people and its menus; and what is told at the top.

import { button, press } from './room.mjs';
import { expect } from './test.mjs';

/** One line of the list of people, or of those who wait. */
export function line(who, name) {
  return who.page.getByRole('listitem').filter({ has: button(who, `More about ${name}`) });
}

/** Opens the list of people unless it is open. */
export async function showPeople(who) {
  if (!(await who.page.getByRole('heading', { name: 'People' }).isVisible())) {
    if (await button(who, 'Close').isVisible()) await press(who, 'Close');
    await press(who, /^People/);
  }
  await expect(who.page.getByRole('heading', { name: 'People' })).toBeVisible();
}

/** Opens the menu of a person. */
export async function openMenu(who, name) {
  await showPeople(who);
  await press(who, `More about ${name}`);
  return who.page.getByRole('menu', { name: `What you can do about ${name}` });
}

/** Does something about a person by their menu. */
export async function does(who, name, deed) {
  const menu = await openMenu(who, name);
  await menu.getByRole('menuitem', { name: deed }).click();
}

/** The same, where a question follows. */
export async function doesSurely(who, name, deed, answer) {
  await does(who, name, deed);
  const dialog = who.page.getByRole('dialog', { name: new RegExp(name) });
  await dialog.getByRole('button', { name: answer, exact: true }).click();
  await expect(dialog).toBeHidden();
}

/** A sentence that is shown now. */
export async function isTold(who, sentence) {
  await expect(who.page.locator('.call-header').getByText(sentence)).toBeVisible();
}
