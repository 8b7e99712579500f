// Whole sessions: planned, waited for, begun, limited, over; and who of those who come gets in.

import { card, errand, fits, invite, isAccessible, rule, save, settings, soon } from '../support/desk.mjs';
import {
  admit,
  alive,
  askToJoin,
  atTheDoor,
  button,
  devicesAreOff,
  enter,
  everybodyMeets,
  host,
  inCall,
  makeRoom,
  open,
  press,
  reads,
  tiles,
  useDevices,
} from '../support/room.mjs';
import { ANA, BO, CLEO, expect, test } from '../support/test.mjs';

const PHONE = { colorScheme: 'light', viewport: { width: 360, height: 740 } };

test('a session from its plan to the call: planned, early, waiting, let in, and late by invite', async ({ person }) => {
  test.setTimeout(240_000);
  const ana = await person({ ...ANA, context: { timezoneId: 'UTC' } });
  const [bo, cleo] = [await person({ ...BO, context: PHONE }), await person(CLEO)];
  const link = await makeRoom(ana, { name: 'Cello lesson' });
  await open(ana, `${link}/settings`);
  await expect(ana.page.getByLabel('Room name')).toBeEnabled();
  await ana.page.getByLabel('The door opens before a planned start').selectOption('At the start');
  await ana.page.locator('form').filter({ hasText: 'The door opens before' }).locator('button[type=submit]').click();
  const [date, time] = soon(30).split('T');
  await ana.page.getByLabel('Date').fill(date);
  await ana.page.getByLabel('Time', { exact: true }).fill(time);
  await press(ana, 'Save the plan');
  await expect(ana.page.getByText('Next time, in your time zone:')).toBeVisible();
  await expect(ana.page.getByText(`When: `)).toBeVisible();
  const calendar = ana.page.getByRole('link', { name: 'Add to calendar' });
  const file = await ana.page.request.get(await calendar.getAttribute('href'));
  expect(await file.text()).toContain(`DTSTART;TZID=UTC:${`${date}T${time}`.replaceAll(/[-:]/g, '')}00\r\n`);

  await open(bo, link);
  await reads(bo, 'You are early');
  await expect(bo.page.getByRole('timer')).toBeVisible();
  await useDevices(bo);
  await fits(bo);
  await isAccessible(bo, 'early with a picture, on a phone');
  // It opens by itself when it is time.
  await expect(bo.page.getByLabel('Your name')).toBeVisible({ timeout: 120_000 });
  await askToJoin(bo);
  await atTheDoor(bo);
  await expect(bo.page.getByText('The host is not here yet.').first()).toBeVisible();

  await open(ana, link);
  await useDevices(ana);
  await askToJoin(ana);
  await inCall(ana);
  await admit(ana, 'Bo');
  await inCall(bo);
  await everybodyMeets([ana, bo]);

  const made = await invite(ana, link);
  await open(cleo, made.link);
  await expect(cleo.page.getByText('Running since')).toBeVisible();
  await expect(cleo.page.getByText('Ana', { exact: true })).toBeVisible();
  await useDevices(cleo);
  await askToJoin(cleo);
  await inCall(cleo);
  await everybodyMeets([ana, bo, cleo]);
});

test('a room for members lets in who is invited, and tells everybody else the way', async ({ person }) => {
  const [ana, bo, cleo] = [await person(ANA), await person(BO), await person({ ...CLEO, context: PHONE })];
  const link = await host(ana);
  await rule(ana, link, { door: 'members' });
  await open(cleo, link);
  await reads(cleo, 'This room is for invited people only');
  await fits(cleo);
  await isAccessible(cleo, 'members only, on a phone');
  await enter(bo, (await invite(ana, link)).link);
  await inCall(bo);
  await everybodyMeets([ana, bo]);
  // Whoever the room knows comes back by the plain link.
  await press(bo, /^Leave the call/);
  await open(bo, link);
  await expect(bo.page.getByLabel('Your name')).toBeVisible();
  cleo.mayFail(/40[13]/);
  await cleo.page.goto(`${link}/settings`);
  await reads(cleo, 'This page is for the room’s hosts');
});

test('an invite for one is taken, and one for so many is used up, for whoever comes next', async ({ person }) => {
  const [ana, bo, cleo] = [await person(ANA), await person(BO), await person({ ...CLEO, context: PHONE })];
  const link = await host(ana);
  const personal = await invite(ana, link, { personal: true });
  const single = await invite(ana, link, { uses: 1 });
  await enter(bo, personal.link);
  await inCall(bo);
  await open(cleo, personal.link);
  await reads(cleo, 'This invite belongs to somebody else');
  await isAccessible(cleo, 'taken invite, on a phone');

  const dag = await person({ ...BO, name: 'Dag' });
  await enter(dag, single.link);
  await inCall(dag);
  await open(cleo, single.link);
  await reads(cleo, 'This invite has been used up');
  await fits(cleo);
  // The room itself is open to them, by the door. With the keyboard alone.
  await cleo.page.getByRole('link', { name: 'Ask to join without the invite' }).focus();
  await cleo.page.keyboard.press('Enter');
  await cleo.page.waitForURL(link);
  await alive(cleo);
  await askToJoin(cleo);
  await atTheDoor(cleo);
  // Whoever used an invite comes in by it again.
  await press(bo, /^Leave the call/);
  await enter(bo, personal.link);
  await inCall(bo);
});

const PASSWORD = 'four brown bears';

/** Makes an account, and returns the address that it goes by. */
async function signUp(who) {
  const email = `${who.name.toLowerCase()}.${crypto.randomUUID()}@example.org`;
  await open(who, '/sign-up');
  await who.page.getByLabel('Your name').fill(who.name);
  await who.page.getByLabel('E-mail address').fill(email);
  await who.page.getByLabel('Password').fill(PASSWORD);
  await press(who, 'Make my account');
  await expect(button(who, `Your account, ${who.name}`)).toBeVisible();
  return email;
}

/** Signs in on the page that is open. */
async function signIn(who, email) {
  await reads(who, 'Sign in');
  await alive(who);
  await who.page.getByLabel('E-mail address').fill(email);
  await who.page.getByLabel('Password').fill(PASSWORD);
  await button(who, 'Sign in').click();
}

test('whoever stands before the door with the wrong account takes the right one, and is back there', async ({ person }) => {
  const [ana, bo, cleo] = [await person(ANA), await person(BO), await person({ ...CLEO, context: PHONE })];
  const link = await host(ana);
  await rule(ana, link, { door: 'members' });
  const personal = await invite(ana, link, { personal: true });
  const [hers, his] = [await signUp(cleo), await signUp(bo)];
  await enter(bo, personal.link);
  await inCall(bo);
  await press(bo, /^Leave the call/);

  // Bo is at a browser in which Cleo is signed in.
  await open(cleo, personal.link);
  await reads(cleo, 'This invite belongs to somebody else');
  await expect(cleo.page.getByText('You are signed in as Cleo.')).toBeVisible();
  await fits(cleo);
  await isAccessible(cleo, 'an invite of somebody else, signed in, on a phone');
  await cleo.page.getByRole('link', { name: 'Use another account' }).click();
  await signIn(cleo, his);
  await cleo.page.waitForURL(personal.link);
  await expect(button(cleo, 'Your account, Bo')).toBeVisible();
  await alive(cleo);
  await askToJoin({ ...cleo, name: 'Bo' });
  await inCall(cleo);

  // The other way round: a browser in which nobody is signed in, and an account that may not come in.
  const dag = await person({ ...BO, name: 'Dag' });
  await open(dag, link);
  await reads(dag, 'This room is for invited people only');
  const asked = dag.page.getByRole('paragraph').filter({ hasText: 'Do you have an account here that may come in?' });
  await asked.getByRole('link', { name: 'Sign in' }).click();
  await signIn(dag, hers);
  await dag.page.waitForURL(link);
  await reads(dag, 'This room is for invited people only');
  await expect(dag.page.getByText('You are signed in as Cleo.')).toBeVisible();
});

test('from a ticket into the call by one press, under the name that is on it, and back to the ticket', async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person({ ...BO, context: PHONE })];
  const link = await host(ana);
  const desk = { ...ana, page: await ana.context.newPage() };
  await settings(desk, link);
  const address = desk.page.getByLabel('After the call, lead to');
  await address.fill('javascript:alert(1)');
  await card(desk, 'Time and connection').locator('button[type=submit]').click();
  await expect(desk.page.getByText('This is no address of a page.')).toBeVisible();
  await expect(address).toBeFocused();
  await address.fill('desk.example.org/tickets/17?from=call');
  await save(desk, 'Time and connection');
  const ticket = await invite(ana, link, { personal: true, label: 'Bo Lind' });

  const page = await (await bo.page.request.get(ticket.link)).text();
  expect(page).toContain('value="Bo Lind"');
  await open(bo, ticket.link);
  await expect(bo.page.getByLabel('Your name')).toHaveValue('Bo Lind');
  await press(bo, 'Join now');
  await inCall(bo);
  await press(bo, /^Leave the call/);
  await reads(bo, 'You left the call');
  const back = bo.page.getByRole('link', { name: 'Go on to desk.example.org' });
  expect(await back.getAttribute('href')).toBe('https://desk.example.org/tickets/17?from=call');
  await fits(bo);
  await isAccessible(bo, 'after the call, with a way on, on a phone');
  // Nobody learns of the page who may not come in.
  await rule(ana, link, { locked: true, after: 'https://desk.example.org/tickets/17' });
  const outside = await (await person({ ...BO, name: 'Dag' })).page.request.get(link);
  expect(await outside.text()).not.toContain('desk.example.org');
});

test('whoever signed in as somebody else is a guest, and the owner’s page stays shut', async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person(BO)];
  const link = await makeRoom(ana, { name: 'Board' });
  await signUp(bo);
  bo.mayFail(/40[13]/);
  for (const page of ['settings', 'history']) {
    await bo.page.goto(`${link}/${page}`);
    await reads(bo, 'This page is for the room’s hosts');
    await expect(bo.page.getByText('You are signed in as Bo.')).toBeVisible();
    const other = bo.page.getByRole('link', { name: 'Use another account' });
    expect(await other.getAttribute('href')).toBe(`/sign-in?next=${new URL(link).pathname}/${page}`);
  }
  await bo.page.getByRole('link', { name: 'Go to the room' }).click();
  await bo.page.waitForURL(link);
  await alive(bo);
  await expect(bo.page.getByText('This is your room.')).toHaveCount(0);
  await expect(button(bo, 'Ask to join')).toBeVisible();
});

test('a call with a longest time says when it ends, and puts everybody out then', async ({ person }) => {
  test.setTimeout(180_000);
  const [ana, bo] = [await person(ANA), await person({ ...BO, context: PHONE })];
  const link = await makeRoom(ana);
  await rule(ana, link, { door: 'open', longest: 1 });
  await useDevices(ana);
  await askToJoin(ana);
  await inCall(ana);
  await enter(bo, link);
  await inCall(bo);
  for (const who of [ana, bo]) {
    await expect(who.page.locator('.call-header').getByText(/left$/)).toBeVisible();
  }
  await expect(tiles(ana)).toHaveCount(2);
  for (const who of [ana, bo]) {
    await expect(who.page.getByRole('heading', { name: 'The time of this call is over' })).toBeVisible({ timeout: 90_000 });
    await devicesAreOff(who);
  }
  await isAccessible(bo, 'time up, on a phone');
  await fits(bo);
  // The room stays: the next call begins anew.
  await errand(ana, link, { set_policy: { door: 'open' } });
  await open(bo, link);
  await askToJoin(bo);
  await inCall(bo);
});
