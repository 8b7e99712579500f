// What people do in Anteroom, in their own words. Everything is found the way people find it: by role and name.

import { heard, traffic, whoIsHeard, whoIsSeen } from './senses.mjs';
import { expect } from './test.mjs';

/** Media may take this long to be right after something changed, on a machine that does everything at once. */
const MEDIA_MS = 30_000;

/** A button by its whole name, or by a pattern. */
export function button(who, name) {
  return who.page.getByRole('button', { name, exact: typeof name === 'string' });
}

/** Presses a button. */
export async function press(who, name) {
  await button(who, name).click();
}

/** Waits for a heading. Its page says what happened. */
export async function reads(who, heading, patience) {
  await expect(who.page.getByRole('heading', { name: heading })).toBeVisible(patience);
}

/** Makes a room on the home page and returns the link to send around. The maker is then on its entry page. */
export async function makeRoom(host, { name = '', open = false } = {}) {
  await host.page.goto('/');
  await host.page.getByLabel('Room name').fill(name);
  if (open) await host.page.getByLabel('Guests wait until you let them in').uncheck();
  await press(host, 'New room');
  await host.page.waitForURL(/\/r\/[a-z]{3}-[a-z]{4}-[a-z]{3}$/);
  await alive(host);
  return host.page.url();
}

/** Opens a room's link and waits until the page answers to clicks. */
export async function open(who, link) {
  await who.page.goto(link);
  await alive(who);
}

/** The same page once more, as by a browser's “Duplicate tab”: it knows what the first one knows. */
export async function duplicate(who) {
  const opened = who.context.waitForEvent('page');
  await who.page.evaluate(() => void window.open(window.location.href));
  const tab = { ...who, page: await opened };
  await alive(tab);
  return tab;
}

/** The page has taken over from the server's markup. */
export async function alive(who) {
  await expect(who.page.locator('html[data-alive]')).toBeAttached();
}

/** Turns on camera and microphone on the entry page. */
export async function useDevices(who) {
  await press(who, 'Use camera and microphone');
  await expect(who.page.getByLabel('Your picture, as you see it in a mirror')).toBeVisible();
}

/** Fills in the name and presses the one button that leads in, whatever it is called today. */
export async function askToJoin(who) {
  await who.page.getByLabel('Your name').fill(who.name);
  await press(who, /^(Start the call|Join now|Ask to join)$/);
}

/** Goes by the link to the call, or to its door. */
export async function enter(who, link) {
  await open(who, link);
  await useDevices(who);
  await askToJoin(who);
}

/** Makes a room and starts the call in it. */
export async function host(who, options) {
  const link = await makeRoom(who, options);
  await useDevices(who);
  await askToJoin(who);
  await inCall(who);
  return link;
}

/** Waits until a person is in the call. */
export async function inCall(who) {
  await expect(button(who, /^Leave the call/)).toBeVisible();
}

/** Waits until a person is at the door. */
export async function atTheDoor(who) {
  await reads(who, 'You are in the waiting room');
}

/** Lets in whoever knocks by that name. */
export async function admit(who, name) {
  await button(who, `Admit ${name}`).first().click();
}

/** Comes by the link, knocks, and is let in by the host. */
export async function enterAdmitted(who, link, host) {
  await enter(who, link);
  await atTheDoor(who);
  await admit(host, who.name);
  await inCall(who);
}

/** The tile of a person, one's own included. */
export function tile(who, name) {
  return tiles(who).filter({ hasText: new RegExp(`(^|\\s|off)${name}( \\(you\\))?\\s*$`) });
}

/** All tiles that a person has before their eyes. */
export function tiles(who) {
  return who.page.getByRole('region', { name: 'People in the call' }).getByRole('figure');
}

/** Waits until everybody of `people` sees and hears each of the others, each in the right tile, and nobody else. */
export async function everybodyMeets(people) {
  for (const who of people) {
    await expect(tiles(who), `${who.name} has a tile for everybody`).toHaveCount(people.length);
    for (const other of people) await sees(who, other, people);
    await hears(who, people.filter((other) => other !== who), people);
  }
}

/** Waits until the tile of `other` shows that very person. */
export async function sees(who, other, people) {
  const shown = () => whoIsSeen(tile(who, other.name), people);
  await expect.poll(shown, { message: `${who.name} sees ${other.name}`, timeout: MEDIA_MS }).toBe(other.name);
}

/** Waits until these people are heard and nobody else is. */
export async function hears(who, others, people) {
  const names = others.map(({ name }) => name).sort();
  const voices = () => whoIsHeard(who.page, people);
  await expect.poll(voices, { message: `what ${who.name} hears`, timeout: MEDIA_MS }).toEqual(names);
}

/** Waits until a person sends no packet of this kind, and goes on sending none for four seconds: a picture that is only
 * repeated now and then is sent all the same. */
export async function sendsNothing(who, kind) {
  const sent = async () => (await traffic(who.page))[kind].sent;
  const listen = async (times) => {
    const before = await sent();
    for (let listened = 0; listened < times; listened += 1) await heard(who.page);
    return (await sent()) - before;
  };
  await expect.poll(() => listen(3), { message: `${kind} that ${who.name} sends`, timeout: MEDIA_MS }).toBe(0);
  expect(await listen(14), `${kind} that ${who.name} sends later`).toBe(0);
}

/** Waits until a person sends packets of this kind. */
export async function sends(who, kind) {
  const before = (await traffic(who.page))[kind].sent;
  const sent = async () => (await traffic(who.page))[kind].sent;
  await expect.poll(sent, { message: `${kind} that ${who.name} sends`, timeout: MEDIA_MS }).toBeGreaterThan(before);
}

/** Writes to everybody, opening the chat if need be. */
export async function say(who, text) {
  const field = who.page.getByLabel('Message to everybody');
  if (!(await field.isVisible())) await press(who, /^Chat/);
  await field.fill(text);
  await press(who, 'Send');
}

/** Waits until a message stands in the chat of a person who has it open. */
export async function readsInChat(who, text) {
  if (!(await who.page.getByRole('log').isVisible())) await press(who, /^Chat/);
  await expect(who.page.getByRole('log').getByText(text, { exact: true })).toHaveCount(1);
}

/** Leaves: one press, for only a host is asked. */
export async function leave(who) {
  await press(who, /^Leave the call/);
}

/** Ends the call for everybody, and waits until the server has ended it. */
export async function end(who) {
  await press(who, /^Leave the call/);
  await who.page.getByRole('dialog').getByRole('button', { name: 'End for everybody' }).click();
  await reads(who, 'You ended the call for everybody');
}

/** Every camera and microphone that the page ever took is switched off. */
export async function devicesAreOff(who) {
  const live = () => who.page.evaluate(() => window.__tracks.filter((track) => track.readyState === 'live').length);
  await expect.poll(live, `live devices of ${who.name}`).toBe(0);
}
