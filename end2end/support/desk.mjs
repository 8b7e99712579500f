// What hosts set for a room without its pages: rules, plans, invites; and what every page must be.

import { AxeBuilder } from '@axe-core/playwright';

import { open } from './room.mjs';
import { expect } from './test.mjs';

/** Asks a server function as this person's browser does; returns what it answers. */
async function ask(who, name, body) {
  return who.page.evaluate(
    async ([name, body]) => {
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`/api/rooms/${name}`, { method: 'POST', headers, body: JSON.stringify(body) });
      if (!answer.ok) throw new Error(`${name}: ${answer.status} ${await answer.text()}`);
      return answer.json();
    },
    [name, body],
  );
}

const code = (link) => new URL(link).pathname.split('/').pop();

/** Does something for the room as a whole. */
export const errand = (who, link, errand) => ask(who, 'errand', { room: code(link), errand });

/** Sets rules; those that are not named have their plain value. */
export const rule = (who, link, policy) => errand(who, link, { set_policy: policy });

/** Makes an invite and returns its link and its id. */
export async function invite(who, link, wishes = {}) {
  const id = crypto.randomUUID().replaceAll('-', '');
  const request = { label: null, role: 'participant', personal: false, uses: null, hours: null, ...wishes };
  await errand(who, link, { invite: { id, invite: request } });
  const { invites } = await ask(who, 'settings', { room: code(link) });
  return { id, link: `${link}?invite=${invites.find((one) => one.id === id).token}` };
}

/** Half-way through a fade every colour is pale: what comes in has to have arrived. */
async function hasSettled({ page }) {
  await page.evaluate(() => {
    const moving = document.getAnimations().filter((one) => one.effect?.getComputedTiming().iterations !== Infinity);
    return Promise.allSettled(moving.map((one) => one.finished));
  });
}

/** axe finds nothing to complain about. */
export async function isAccessible(who, state) {
  // What was asked for is there, and not only its address.
  await who.page.waitForFunction(() => document.title !== '' && document.querySelector('h1') !== null);
  await hasSettled(who);
  const { violations } = await new AxeBuilder({ page: who.page }).analyze();
  const told = violations.map(({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ target }) => target).join(', ')})`);
  expect(told, state).toEqual([]);
}

/** Nothing sticks out to the side, once the page that was asked for is laid out. */
export async function fits(who) {
  const excess = () => who.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  await expect.poll(excess, 'the page is no wider than the screen').toBeLessThanOrEqual(0);
}

/** A start on a whole minute, at least `least` seconds away, as a plan in UTC writes it. */
export function soon(least) {
  const at = new Date(Math.ceil((Date.now() + least * 1_000) / 60_000) * 60_000);
  return at.toISOString().slice(0, 16);
}

/** One card of the settings, by its heading. */
export const card = ({ page }, heading) =>
  page.locator('form, section').filter({ has: page.getByRole('heading', { name: heading, exact: true, level: 2 }) });

/** Opens the settings of a room and waits until its fields answer. */
export async function settings(who, link) {
  await open(who, `${link}/settings`);
  await expect(who.page.getByLabel('Room name')).toBeEnabled();
}

/** Saves one card. */
export async function save(who, heading, said = 'Saved') {
  await card(who, heading).locator('button[type=submit]').click();
  await expect(card(who, heading).getByRole('status')).toHaveText(said);
}
