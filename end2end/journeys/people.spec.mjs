// Two accounts become contacts, one rings the other, and they meet; another call is missed.

import { signUp } from '../support/accounts.mjs';
import { fits, isAccessible } from '../support/desk.mjs';
import { alive, askToJoin, button, everybodyMeets, inCall, leave, press, reads, useDevices } from '../support/room.mjs';
import { ANA, BO, expect, test } from '../support/test.mjs';

/** Makes an account, and opens the page of contacts. */
async function join(who) {
  await signUp(who);
  await people(who);
}

async function people(who) {
  await who.page.goto('/people');
  await alive(who);
}

/** The line of a contact. */
const contact = (who, name) => who.page.getByRole('region', { name: 'Contacts' }).getByRole('listitem').filter({ hasText: name });

/** Sends the personal link of one to the other, who asks; the first says yes. */
async function befriend(one, other) {
  const link = await one.page.getByRole('link', { name: /people\?ask=/ }).getAttribute('href');
  await other.page.goto(link);
  await alive(other);
  await reads(other, `Do you want to be a contact of ${one.name}?`);
  await press(other, `Ask ${one.name}`);
  await expect(other.page.getByText(`You asked ${one.name}.`)).toBeVisible();
  await press(one, `Accept ${other.name}`);
  await expect(contact(one, other.name)).toContainText('Online');
  await expect(contact(other, one.name)).toContainText('Online');
  await expect(other.page.getByText(`${one.name} is one of your contacts already.`)).toBeVisible();
}

/** Waits for what the page says to everybody. */
async function says(who, text) {
  await expect(who.page.getByRole('status').filter({ hasText: text })).toBeVisible();
}

test('two become contacts, one rings the other, they meet, and hanging up ends it for both', { tag: '@loud' }, async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person(BO)];
  await join(ana);
  await expect(ana.page.getByText('Nobody yet.')).toBeVisible();
  await isAccessible(ana);
  await join(bo);
  await befriend(ana, bo);
  for (const width of [360, 768, 1440]) {
    await ana.page.setViewportSize({ width, height: 800 });
    await fits(ana);
  }

  // A second page of Bo's rings as well, and rests once the first has answered.
  const other = { ...bo, page: await bo.context.newPage() };
  await people(other);
  await press(ana, 'Call Bo');
  await reads(ana, 'Calling Bo…');
  await reads(bo, 'Ana is calling');
  await reads(other, 'Ana is calling');
  await isAccessible(bo);
  await expect(bo.page).toHaveTitle(/Ana is calling/);
  await press(bo, 'Accept');
  await reads(other, 'You are in a call with Ana');

  for (const who of [ana, bo]) {
    await who.page.waitForURL(/\/r\/[a-z]{3}-[a-z]{4}-[a-z]{3}$/);
    await useDevices(who);
    await askToJoin(who);
    await inCall(who);
  }
  await everybodyMeets([ana, bo]);

  await leave(bo);
  await says(other, 'The call with Ana has ended.');
  await reads(ana, 'This call has ended');
  await expect(button(other, 'Call Ana')).toBeVisible();
});

test('whoever is not there finds who called, and a call can be declined', async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person(BO)];
  await join(ana);
  await join(bo);
  await befriend(ana, bo);
  await press(ana, 'Call Bo');
  await reads(bo, 'Ana is calling');
  await press(bo, 'Decline');
  await says(ana, 'Bo cannot talk right now.');

  await bo.page.goto('about:blank');
  await expect(contact(ana, 'Bo')).toContainText('Offline');
  await press(ana, 'Call Bo');
  await reads(ana, 'Calling Bo…');
  await press(ana, 'Cancel the call');
  await expect(ana.page.getByRole('heading', { name: 'Calling Bo…' })).toHaveCount(0);
  await people(bo);
  await expect(bo.page.getByRole('region', { name: 'Missed calls' })).toContainText('Ana called you');
  await press(bo, 'Clear the list');
  await expect(bo.page.getByRole('region', { name: 'Missed calls' })).toHaveCount(0);
});
