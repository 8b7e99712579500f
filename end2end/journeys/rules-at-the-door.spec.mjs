// What a room's rules mean to whoever stands before it: early, passcode, invite, locked, full, banned, ended.

import { errand, fits, invite, isAccessible, rule, soon } from '../support/desk.mjs';
import {
  admit,
  alive,
  askToJoin,
  atTheDoor,
  enter,
  enterAdmitted,
  everybodyMeets,
  host,
  inCall,
  leave,
  makeRoom,
  open,
  press,
  reads,
  tiles,
} from '../support/room.mjs';
import { ANA, BO, CLEO, expect, test } from '../support/test.mjs';

/** The page looks again by itself after at most so long. */
const BY_ITSELF = { timeout: 30_000 };
const PHONE = { viewport: { width: 360, height: 740 } };

test('whoever is early sees a countdown, and the page moves on when the door opens', async ({ person }) => {
  test.setTimeout(180_000);
  const [ana, bo] = [await person(ANA), await person({ ...BO, context: PHONE })];
  const link = await makeRoom(ana, { name: 'Cello lesson' });
  await rule(ana, link, { early: 0 });
  const schedule = { starts: soon(15), zone: 'UTC', length: 30, repeat: 'once', until: null };
  await errand(ana, link, { plan: schedule });

  // The server's page alone says it.
  const page = await (await bo.page.request.get(link)).text();
  expect(page).toContain('You are early');
  expect(page).toContain(`${schedule.starts.replace('T', ' ')} UTC`);

  await open(bo, link);
  await expect(bo.page.getByRole('timer')).toHaveText(/^0:0\d:\d\d$/);
  await fits(bo);
  await isAccessible(bo, 'early, on a phone');
  const file = await bo.page.request.get(`${link}/invitation.ics`);
  expect(file.headers()['content-type']).toBe('text/calendar; charset=utf-8');
  expect(file.headers()['content-disposition']).toContain('.ics');
  const calendar = await file.text();
  expect(calendar).toContain(`DTSTART;TZID=UTC:${schedule.starts.replaceAll(/[-:]/g, '')}00\r\n`);
  expect(calendar).toContain('METHOD:PUBLISH\r\n');
  expect(calendar.replaceAll('\r\n ', '')).toContain(`URL:${link}\r\n`);

  await expect(bo.page.getByLabel('Your name')).toBeVisible({ timeout: 100_000 });
  await askToJoin(bo);
  await atTheDoor(bo);
});

test('a plan that is taken away is struck out of calendars', async ({ person }) => {
  const ana = await person(ANA);
  const link = await makeRoom(ana);
  const ics = () => ana.page.request.get(`${link}/invitation.ics`);
  expect((await ics()).status()).toBe(404);
  await errand(ana, link, { plan: { starts: soon(90_000), zone: 'Europe/Berlin', length: 60, repeat: 'weekly', until: null } });
  expect(await (await ics()).text()).toContain('SEQUENCE:1\r\n');
  await errand(ana, link, { plan: null });
  const gone = await (await ics()).text();
  expect(gone).toContain('METHOD:CANCEL\r\n');
  expect(gone).toContain('SEQUENCE:2\r\n');
});

test('a wrong passcode is said at its field, and the right one leads in, by keyboard alone', async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person({ ...BO, context: PHONE })];
  const link = await makeRoom(ana);
  await rule(ana, link, { door: 'open', passcode: 'sunny7' });
  bo.mayFail(/403/);
  await open(bo, link);
  await expect(bo.page.getByText('This room asks for a passcode.')).toBeVisible();
  await bo.page.getByLabel('Your name').focus();
  await bo.page.keyboard.type('Bo');
  await bo.page.keyboard.press('Tab');
  const field = bo.page.getByLabel('Passcode');
  await expect(field).toBeFocused();
  await bo.page.keyboard.press('Enter');
  await expect(bo.page.getByText('Please type the passcode of this room.')).toBeVisible();
  await bo.page.keyboard.type('rainy7');
  await bo.page.keyboard.press('Enter');
  await expect(bo.page.getByText('That is not the passcode.')).toBeVisible();
  await expect(field).toBeFocused();
  await fits(bo);
  await isAccessible(bo, 'wrong passcode, on a phone');
  // The wrong one is selected, so that typing replaces it.
  await bo.page.keyboard.type('Sunny 7');
  await bo.page.keyboard.press('Enter');
  await inCall(bo);
});

test('whoever guesses passcodes without end is told to wait', async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person(BO)];
  const link = await makeRoom(ana);
  await rule(ana, link, { door: 'open', passcode: 'sunny7' });
  bo.mayFail(/403|429/);
  await open(bo, link);
  await bo.page.getByLabel('Your name').fill('Bo');
  const field = bo.page.getByLabel('Passcode');
  const enough = bo.page.getByText('That was tried often in a short time.');
  for (let tries = 0; tries < 20 && !(await enough.isVisible()); tries += 1) {
    await field.fill(`guess${tries}`);
    const answered = bo.page.waitForResponse(/rooms\/join/);
    await field.press('Enter');
    await answered;
    await expect(bo.page.getByText('That is not the passcode.').or(enough)).toBeVisible();
  }
  await expect(enough).toBeVisible();
  await expect(field).toBeFocused();
});

test('an invite leads past the waiting room, and a revoked one only to the door', async ({ person }) => {
  const [ana, bo, cleo] = [await person(ANA), await person(BO), await person({ ...CLEO, context: PHONE })];
  const link = await host(ana);
  const made = await invite(ana, link);
  await enter(bo, made.link);
  await inCall(bo);

  await errand(ana, link, { revoke: made.id });
  await open(cleo, `${link}?invite=cut-short`);
  await reads(cleo, 'This invite does not belong here');
  await open(cleo, made.link);
  await reads(cleo, 'This invite was taken back');
  await fits(cleo);
  await isAccessible(cleo, 'revoked invite, on a phone');
  await cleo.page.getByRole('link', { name: 'Ask to join without the invite' }).click();
  await alive(cleo);
  expect(cleo.page.url()).toBe(link);
  await askToJoin(cleo);
  await atTheDoor(cleo);
});

test('a locked door says so, and the page moves on when it is unlocked', async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person({ ...BO, context: PHONE })];
  const link = await makeRoom(ana);
  await rule(ana, link, { locked: true });
  await open(bo, link);
  await reads(bo, 'The door is locked');
  await fits(bo);
  await isAccessible(bo, 'locked, on a phone');
  await rule(ana, link, {});
  await expect(bo.page.getByLabel('Your name')).toBeVisible(BY_ITSELF);

  // Locked between looking and asking: the refusal turns into the page.
  await rule(ana, link, { locked: true });
  bo.mayFail(/403/);
  await askToJoin(bo);
  await reads(bo, 'The door is locked');
  await rule(ana, link, {});
  await press(bo, 'Try again');
  await expect(bo.page.getByLabel('Your name')).toBeFocused();
});

test('a full room says so, and lets the next in when somebody left', async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person(BO)];
  const cleo = await person({ ...CLEO, context: PHONE });
  const link = await host(ana, { open: true });
  await rule(ana, link, { door: 'open', capacity: 2 });
  await enter(bo, link);
  await inCall(bo);
  await open(cleo, link);
  await reads(cleo, 'This room is full');
  await fits(cleo);
  await isAccessible(cleo, 'full, on a phone');
  await leave(bo);
  await expect(cleo.page.getByLabel('Your name')).toBeVisible(BY_ITSELF);
  await askToJoin(cleo);
  await inCall(cleo);
});

test('the door shows who is inside, and the host’s notice while one waits', async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person(BO)];
  const link = await host(ana);
  await rule(ana, link, { show_inside: true, notice: 'Please tune your cello.' });
  await open(bo, link);
  await expect(bo.page.getByText('Running since')).toBeVisible();
  await expect(bo.page.getByText('Ana', { exact: true })).toBeVisible();
  await expect(bo.page.getByText('Please tune your cello.')).toBeVisible();
  await askToJoin(bo);
  await atTheDoor(bo);
  await expect(bo.page.getByText('Please tune your cello.')).toBeVisible();
  await rule(ana, link, { notice: 'Two more minutes.' });
  await expect(bo.page.getByText('Two more minutes.')).toBeVisible();
  await isAccessible(bo, 'waiting with a notice');
});

test('whoever is banned stays out, and is told so', async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person({ ...BO, context: PHONE })];
  const link = await host(ana);
  await enterAdmitted(bo, link, ana);
  await press(ana, /^People/);
  await press(ana, 'More about Bo');
  await ana.page.getByRole('menuitem', { name: /^Ban/ }).click();
  await ana.page.getByRole('dialog').getByRole('button', { name: 'Ban', exact: true }).click();
  await reads(bo, 'You cannot come into this room');
  bo.mayFail(/403/);
  await open(bo, link);
  await reads(bo, 'You cannot come into this room');
  await fits(bo);
  await isAccessible(bo, 'banned, on a phone');
});

test('whoever comes when the last planned time is over is told so, and that the host has the next', async ({ person }) => {
  test.setTimeout(180_000);
  const [ana, bo] = [await person(ANA), await person({ ...BO, context: PHONE })];
  const link = await makeRoom(ana, { name: 'Cello lesson' });
  await rule(ana, link, { ending: 'close' });
  // It began so long ago that it ends within the next minute or two.
  const length = 15;
  await errand(ana, link, { plan: { starts: soon(20 - length * 60), zone: 'UTC', length, repeat: 'once', until: null } });
  await open(bo, link);
  await expect(bo.page.getByLabel('Your name')).toBeVisible();
  await reads(bo, 'The planned time is over', { timeout: 120_000 });
  await expect(bo.page.getByText('Ask the host for a new time.')).toBeVisible();
  await fits(bo);
  await isAccessible(bo, 'too late, on a phone');
});

/** Closes the page without a goodbye that means anything, and waits until the seat is given up. */
async function vanish(who, host) {
  await who.page.close();
  await expect(tiles(host)).toHaveCount(1, { timeout: 30_000 });
}

test('whoever was lost comes back in where the room promises it, and knocks anew where it does not', { tag: '@loud' }, async ({ person }) => {
  test.setTimeout(150_000);
  const [ana, bo] = [await person(ANA), await person(BO)];
  const link = await host(ana);
  await rule(ana, link, { reconnect: 'rejoin' });
  await enterAdmitted(bo, link, ana);
  await everybodyMeets([ana, bo]);
  await vanish(bo, ana);
  const again = { ...bo, page: await bo.context.newPage() };
  await enter(again, link);
  await inCall(again);
  await everybodyMeets([ana, again]);

  await rule(ana, link, { reconnect: 'fresh' });
  await vanish(again, ana);
  const anew = { ...bo, page: await bo.context.newPage() };
  await enter(anew, link);
  await atTheDoor(anew);
  await expect(tiles(ana)).toHaveCount(1);
  await admit(ana, 'Bo');
  await inCall(anew);
  await everybodyMeets([ana, anew]);
});

test('an ended room says when it ended, and leads its host to what happened', async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person({ ...BO, context: PHONE })];
  const link = await makeRoom(ana);
  await errand(ana, link, 'end');
  await open(bo, link);
  await reads(bo, 'This call has ended');
  await expect(bo.page.getByText(/^It ended: /)).toBeVisible();
  await fits(bo);
  await isAccessible(bo, 'ended, on a phone');

  await ana.page.goto(link);
  await reads(ana, 'This room is over');
  await isAccessible(ana, 'ended, for its host');
  await ana.page.getByRole('link', { name: 'History of this room' }).click();
  await expect(ana.page).toHaveURL(/\/history$/);
  await expect(ana.page.getByText(/ended the room/)).toBeVisible();
});
