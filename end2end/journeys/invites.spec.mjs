// Invites on their way: by mail to a guest who follows the link, taken back, and run out.

import { card, fits, invite, isAccessible, save, settings } from '../support/desk.mjs';
import { ownServer } from '../support/own-server.mjs';
import { linkIn, openPostOffice } from '../support/post-office.mjs';
import { alive, askToJoin, atTheDoor, button, host, inCall, leave, makeRoom, open, press, reads } from '../support/room.mjs';
import { ANA, BO, CLEO, expect, test as base } from '../support/test.mjs';

const PASSWORD = 'four brown bears';
const PHONE = { colorScheme: 'light', viewport: { width: 360, height: 740 } };

/** A server of its own for each journey, whose mails arrive in a post office of its own. */
const test = base.extend({
  place: async ({}, use) => {
    const office = await openPostOffice();
    const server = await ownServer(async (site) => office.settings(site));
    await use({ ...server, office });
    await server.close();
    await office.close();
  },
  // People go before their server does, or their pages complain that it is gone.
  baseURL: async ({ place }, use) => use(place.site),
});

/** Makes an account and confirms its address by the link of the mail. */
async function signUp(who, email, { office }) {
  await open(who, '/sign-up');
  await who.page.getByLabel('Your name').fill(who.name);
  await who.page.getByLabel('E-mail address').fill(email);
  await who.page.getByLabel('Password').fill(PASSWORD);
  await press(who, 'Make my account');
  await reads(who, 'Check your mail');
  const mail = await office.next(email);
  expect(mail.text).toContain(`Hello ${who.name},`);
  await open(who, linkIn(mail, '/verify/'));
  await who.page.getByLabel('Password').fill(PASSWORD);
  await press(who, 'Confirm and sign in');
  await expect(button(who, `Your account, ${who.name}`)).toBeVisible();
}

/** Mails an invite from the page of the settings. */
async function mail(who, to, name) {
  await who.page.getByLabel('E-mail address').fill(to);
  await who.page.getByLabel('Their name').fill(name);
  await save(who, 'Invite by mail', 'The invite was sent.');
}

const tomorrow = () => new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);

test('a guest comes in by the link of a mail, and hears by mail that it is off', async ({ person, place }) => {
  test.setTimeout(180_000);
  const { office } = place;
  const [ana, bo, cleo] = [await person(ANA), await person(BO), await person({ ...CLEO, context: PHONE })];
  await signUp(ana, 'ana@example.org', place);
  const link = await host(ana, { name: 'Cello lesson' });

  const desk = { ...ana, page: await ana.context.newPage() };
  await settings(desk, link);
  await desk.page.getByLabel('Date').fill(tomorrow());
  await desk.page.getByLabel('Time', { exact: true }).fill('16:00');
  await desk.page.getByLabel('Time zone').fill('Europe/Berlin');
  await save(desk, 'Plan');
  await mail(desk, 'bo@example.org', 'Bo Lind');
  await expect(desk.page.getByLabel('E-mail address')).toHaveValue('');
  const line = card(desk, 'Invites').getByRole('listitem').filter({ hasText: 'Bo Lind' });
  await expect(line).toContainText('Mailed to bo@example.org');

  const invited = await office.next('bo@example.org');
  expect(invited.subject).toBe('Invitation: Cello lesson');
  expect(invited.text).toContain('Hello Bo Lind,');
  expect(invited.text).toContain('16:00 (Europe/Berlin)');
  const door = linkIn(invited, '/r/');
  expect(door).toContain(`${link}?invite=`);
  expect(invited.calendar.method).toBe('REQUEST');
  expect(invited.calendar.lines).toEqual(expect.arrayContaining([
    'METHOD:REQUEST',
    `DTSTART;TZID=Europe/Berlin:${tomorrow().replaceAll('-', '')}T160000`,
    'ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=FALSE:mailto:bo@example.org',
    `URL:${door}`,
  ]));

  // The room has guests wait; whoever has the mail walks in. It is early, but the host is there.
  await open(bo, door);
  await askToJoin(bo);
  await inCall(bo);
  await leave(bo);

  await press(desk, 'Revoke Bo Lind');
  await line.getByRole('button', { name: 'Revoke', exact: true }).click();
  await expect(line.getByText('Revoked')).toBeVisible();
  const off = await office.next('bo@example.org');
  expect(off.text).toContain('does not take place as planned');
  expect(off.calendar.method).toBe('CANCEL');
  const uid = (lines) => lines.find((one) => one.startsWith('UID:'));
  expect(off.calendar.lines).toEqual(expect.arrayContaining(['STATUS:CANCELLED', uid(invited.calendar.lines)]));

  // Whoever has the mail from Bo is told kindly, and there is a way on.
  await open(cleo, door);
  await reads(cleo, 'This invite was taken back');
  await fits(cleo);
  await isAccessible(cleo, 'an invite by mail that was taken back, on a phone');
  await cleo.page.getByRole('link', { name: 'Ask to join without the invite' }).click();
  await alive(cleo);
  await askToJoin(cleo);
  await atTheDoor(cleo);
  expect(office.unread()).toBe(0);
});

test('the form for mails fits and is accessible, and says what is wrong with an address', async ({ person, place }) => {
  const ana = await person(ANA);
  await signUp(ana, 'ana@example.org', place);
  const link = await makeRoom(ana, { name: 'Cello lesson' });
  await settings(ana, link);
  const form = card(ana, 'Invite by mail');
  for (const width of [1440, 360]) {
    await ana.page.setViewportSize({ width, height: 900 });
    await ana.page.getByLabel('E-mail address').fill('bo');
    await form.locator('button[type=submit]').click();
    await expect(form.getByRole('alert')).toHaveText(/no e-mail address/);
    await expect(ana.page.getByLabel('E-mail address')).toBeFocused();
    await fits(ana);
    await isAccessible(ana, `a wrong address, ${width} pixels wide`);
    await mail(ana, `bo${width}@example.org`, 'Bo Lind');
    await place.office.next(`bo${width}@example.org`);
    await isAccessible(ana, `a mail that was sent, ${width} pixels wide`);
  }
});

test('an invite that has run out says so, and leads on to the door', async ({ person, place }) => {
  const [ana, bo] = [await person(ANA), await person({ ...BO, context: PHONE })];
  const link = await makeRoom(ana, { name: 'Cello lesson' });
  const made = await invite(ana, link, { hours: 1 });
  await open(bo, made.link);
  await expect(bo.page.getByLabel('Your name')).toBeVisible();

  // An hour is the shortest that an invite lasts.
  await ana.page.goto('about:blank');
  await bo.page.goto('about:blank');
  await place.stop('SIGTERM');
  place.write(`update invites set expires_at = expires_at - 3600000 where id = '${made.id}'`);
  await place.start();
  await open(bo, made.link);
  await reads(bo, 'This invite has run out');
  await expect(bo.page.getByText('Ask the host for a new one.')).toBeVisible();
  await fits(bo);
  await isAccessible(bo, 'an invite that has run out, on a phone');
  await bo.page.getByRole('link', { name: 'Ask to join without the invite' }).click();
  await alive(bo);
  expect(bo.page.url()).toBe(link);
  await askToJoin(bo);
  await atTheDoor(bo);

  await settings(ana, link);
  await expect(card(ana, 'Invites').getByRole('listitem')).toContainText('Expired');
});
