// The room's pages for its hosts: the plan, the rules, people, invites, and what happened.

import { card, fits, isAccessible, save, settings } from '../support/desk.mjs';
import { admit, alive, atTheDoor, enter, host, inCall, leave, makeRoom, open, press, reads } from '../support/room.mjs';
import { ANA, BO, expect, test } from '../support/test.mjs';

const PHONE = { colorScheme: 'light', viewport: { width: 360, height: 740 } };

/** A date so many days from today, as a date field takes it. */
const inDays = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

test('a room is planned and the first page says when it is', async ({ person }) => {
  const ana = await person({ ...ANA, context: { timezoneId: 'Europe/Berlin' } });
  ana.mayFail(/422/);
  const link = await makeRoom(ana, { name: 'Cello lesson' });
  await settings(ana, link);
  await expect(ana.page.getByLabel('Time zone')).toHaveValue('Europe/Berlin');
  await ana.page.getByLabel('Date').fill(inDays(-2));
  await ana.page.getByLabel('Time', { exact: true }).fill('16:00');
  await card(ana, 'Plan').getByRole('button', { name: 'Save the plan' }).click();
  await expect(card(ana, 'Plan').getByRole('alert')).toHaveText(/already over/);
  await expect(ana.page.getByLabel('Time', { exact: true })).toHaveValue('16:00');
  await ana.page.getByLabel('Date').fill(inDays(2));
  await ana.page.getByLabel('Time zone').fill('Asia/Tokyo');
  await ana.page.getByLabel('Repeats').selectOption('Every week');
  await save(ana, 'Plan');
  // Four in the afternoon in Tokyo is the morning in Berlin, in summer and in winter.
  await expect(card(ana, 'Plan').getByText(/Next time, in your time zone: .*0[89]:00/)).toBeVisible();
  await ana.page.goto('/');
  await alive(ana);
  const line = ana.page.getByRole('listitem').filter({ hasText: 'Cello lesson' });
  await expect(line.getByText(/0[89]:00/)).toBeVisible();
  await line.getByRole('link', { name: 'History: Cello lesson' }).click();
  await reads(ana, 'What happened');
  await expect(ana.page.getByText('changed the plan')).toBeVisible();
});

test('a time zone that nobody knows is refused beside its field, and nothing is lost', async ({ person }) => {
  const ana = await person({ ...ANA });
  ana.mayFail(/422/);
  await settings(ana, await makeRoom(ana));
  await ana.page.getByLabel('Date').fill(inDays(3));
  await ana.page.getByLabel('Time', { exact: true }).fill('10:30');
  await ana.page.getByLabel('Time zone').fill('Middle/Earth');
  await card(ana, 'Plan').getByRole('button', { name: 'Save the plan' }).click();
  await expect(card(ana, 'Plan').getByRole('alert')).toHaveText(/do not know this time zone/);
  await expect(ana.page.getByLabel('Time zone')).toBeFocused();
  await expect(ana.page.getByLabel('Date')).toHaveValue(inDays(3));
});

test('what was saved is there after a reload, and one card leaves the others alone', async ({ person }) => {
  const ana = await person({ ...ANA });
  const link = await makeRoom(ana);
  await settings(ana, link);
  await ana.page.getByLabel('Room name').fill('Board');
  await save(ana, 'Name');
  await reads(ana, 'Board');
  await ana.page.getByLabel('Only people with an invite').check();
  await press(ana, 'Make one up');
  const passcode = await ana.page.getByLabel('Passcode').inputValue();
  expect(passcode).toMatch(/^[a-z2-9]{8}$/);
  await ana.page.getByLabel('Description').fill('Bring tea.');
  await save(ana, 'The door');
  await ana.page.getByLabel('Who may share a screen').selectOption('Hosts');
  await ana.page.getByLabel('How many people fit').selectOption('4 people');
  await save(ana, 'In the call');
  await ana.page.getByLabel('Longest call without a plan').selectOption('2 hours');
  await save(ana, 'Time and connection');
  await ana.page.reload();
  await settings(ana, link);
  await expect(ana.page.getByLabel('Room name')).toHaveValue('Board');
  await expect(ana.page.getByLabel('Only people with an invite')).toBeChecked();
  await expect(ana.page.getByLabel('Passcode')).toHaveValue(passcode);
  await expect(ana.page.getByLabel('Description')).toHaveValue('Bring tea.');
  await expect(ana.page.getByLabel('Who may share a screen')).toHaveValue('hosts');
  await expect(ana.page.getByLabel('How many people fit')).toHaveValue('4');
  await expect(ana.page.getByLabel('Longest call without a plan')).toHaveValue('120');
  await expect(card(ana, 'Invitation to send').getByText(`Passcode: ${passcode}`)).toBeVisible();
  await ana.page.getByLabel('Passcode').fill('abc');
  await card(ana, 'The door').getByRole('button', { name: 'Save' }).click();
  await expect(card(ana, 'The door').getByRole('alert')).toHaveText(/at least 4/);
  await card(ana, 'The door').getByRole('button', { name: 'Remove' }).click();
  await save(ana, 'The door');
  await expect(card(ana, 'Invitation to send').getByText('Passcode:')).toHaveCount(0);
});

test('an invite is made, copied, revoked and shown as such', async ({ person, browserName }) => {
  const permissions = browserName === 'chromium' ? { permissions: ['clipboard-read', 'clipboard-write'] } : {};
  const ana = await person({ ...ANA, context: permissions });
  const link = await makeRoom(ana);
  await settings(ana, link);
  await ana.page.getByLabel('For whom').fill('The cellos');
  await ana.page.getByLabel('How many people may use it').selectOption('3 people');
  await save(ana, 'New invite', 'The invite is ready.');
  await expect(ana.page.getByLabel('For whom')).toHaveValue('');
  const line = card(ana, 'Invites').getByRole('listitem').filter({ hasText: 'The cellos' });
  await expect(line).toContainText('Participant · Not used yet · At most 3 uses · until');
  await expect(line).toContainText('Can be used');
  await press(ana, 'Copy the link of The cellos');
  await expect(line.getByText('Copied')).toBeVisible();
  if (browserName === 'chromium') {
    const copied = await ana.page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toContain(`${link}?invite=`);
  }
  await press(ana, 'Revoke The cellos');
  await expect(line.getByText(/The link stops working/)).toBeVisible();
  await line.getByRole('button', { name: 'Keep' }).click();
  await press(ana, 'Revoke The cellos');
  await line.getByRole('button', { name: 'Revoke', exact: true }).click();
  await expect(line.getByText('Revoked')).toBeVisible();
  await expect(line.getByRole('button')).toHaveCount(0);
});

test('the invitation to send is copied whole, with the link that was chosen', async ({ person, browserName }) => {
  const permissions = browserName === 'chromium' ? { permissions: ['clipboard-read', 'clipboard-write'] } : {};
  const ana = await person({ ...ANA, context: { timezoneId: 'Europe/Berlin', ...permissions } });
  const link = await makeRoom(ana, { name: 'Cello lesson' });
  await settings(ana, link);
  await ana.page.getByLabel('Date').fill(inDays(2));
  await ana.page.getByLabel('Time', { exact: true }).fill('16:00');
  await save(ana, 'Plan');
  await press(ana, 'Make one up');
  const passcode = await ana.page.getByLabel('Passcode').inputValue();
  await save(ana, 'The door');
  await save(ana, 'New invite', 'The invite is ready.');
  const invitation = card(ana, 'Invitation to send');
  const copies = async () => {
    await invitation.getByRole('button', { name: /^(Copy invitation|Invitation copied)$/ }).click();
    await expect(invitation.getByRole('button', { name: 'Invitation copied' })).toBeVisible();
    if (browserName !== 'chromium') return invitation.locator('.invitation-card__text').innerText();
    return ana.page.evaluate(() => navigator.clipboard.readText());
  };
  const plain = await copies();
  expect(plain).toContain('You are invited to a video call: Cello lesson\n');
  expect(plain).toMatch(/When: .*16:00|When: .*4:00/);
  expect(plain).toContain(`Passcode: ${passcode}`);
  expect(plain).toContain(link);
  expect(plain).not.toContain('?invite=');
  await ana.page.getByLabel('Which link it carries').selectOption('Invite');
  const invited = await copies();
  expect(invited).toContain(`${link}?invite=`);
  expect(invited, 'whoever has an invite needs no passcode').not.toContain('Passcode:');
});

test('an invite makes a participant, who is promoted and comes down again', async ({ person }) => {
  const [ana, bo] = [await person({ ...ANA }), await person({ ...BO })];
  const link = await host(ana);
  const desk = { ...ana, page: await ana.context.newPage() };
  await settings(desk, link);
  await save(desk, 'New invite', 'The invite is ready.');
  await desk.page.getByLabel('Which link it carries').selectOption('Invite');
  const text = await card(desk, 'Invitation to send').getByText('?invite=').innerText();
  await enter(bo, text.match(/http\S+invite=\w+/)[0]);
  await inCall(bo);
  await desk.page.reload();
  await settings(desk, link);
  const line = card(desk, 'People').getByRole('listitem').filter({ hasText: 'Bo' });
  await expect(card(desk, 'Invites').getByRole('listitem')).toContainText('Used once');
  const gives = async (role) => {
    await line.getByLabel('Role of Bo', { exact: true }).selectOption(role);
    await line.getByRole('button', { name: 'Change the role of Bo' }).click();
    await expect(line.locator('.member-line__role')).toHaveText(role);
  };
  await expect(line.locator('.member-line__role')).toHaveText('Participant');
  await gives('Co-host');
  // A co-host runs the room, but makes no other hosts and does not change the owner.
  const bench = { ...bo, page: await bo.context.newPage() };
  await settings(bench, link);
  await expect(bench.page.getByLabel('They come in as').locator('option')).toHaveCount(2);
  await expect(card(bench, 'People').getByRole('button')).toHaveCount(0);
  await gives('Participant');
  await bench.page.reload();
  await reads(bench, 'This page is for the room’s hosts');
  bo.mayFail(/403/);
  await leave(bo);
  await open(desk, `${link}/history`);
  await expect(desk.page.getByText('Bo came in')).toBeVisible();
  await expect(desk.page.getByText('made Bo a co-host')).toBeVisible();
  await expect(desk.page.getByRole('row', { name: /^Bo Participant 0:00:/ })).toBeVisible();
  await expect(desk.page.getByRole('link', { name: 'Download as CSV' })).toHaveAttribute('href', /history\.csv$/);
});

test('a guest who opens the settings or the history is told plainly that they are not theirs', async ({ person }) => {
  const [ana, bo] = [await person({ ...ANA }), await person({ ...BO })];
  const link = await makeRoom(ana, { name: 'Board' });
  bo.mayFail(/40[13]/);
  for (const page of ['settings', 'history']) {
    const answer = await bo.page.goto(`${link}/${page}`);
    expect([401, 403]).toContain(answer.status());
    await reads(bo, 'This page is for the room’s hosts');
    expect(await bo.page.content()).not.toContain('Board');
  }
  await bo.page.getByRole('link', { name: 'Go to the room' }).click();
  await expect(bo.page).toHaveURL(link);
});

test('the page of an ended room can be read and not changed', async ({ person }) => {
  const ana = await person({ ...ANA });
  const link = await makeRoom(ana);
  await settings(ana, link);
  await press(ana, 'End the room');
  await press(ana, 'End for ever');
  await expect(ana.page.getByText('This room has ended.')).toBeVisible();
  await ana.page.reload();
  await expect(ana.page.getByText('This room has ended.')).toBeVisible();
  await expect(ana.page.getByLabel('Room name')).toBeDisabled();
  await ana.page.getByRole('link', { name: 'History' }).click();
  await expect(ana.page.getByText('ended the room')).toBeVisible();
});

test('everything is done with the keyboard alone', async ({ person }) => {
  const ana = await person({ ...ANA });
  const link = await makeRoom(ana);
  await settings(ana, link);
  await ana.page.getByLabel('Room name').focus();
  await ana.page.keyboard.press('ControlOrMeta+A');
  await ana.page.keyboard.type('By hand');
  await ana.page.keyboard.press('Enter');
  await reads(ana, 'By hand');
  await ana.page.getByLabel('Guests wait until you let them in').focus();
  await ana.page.keyboard.press('ArrowUp');
  await expect(ana.page.getByLabel('Everybody with the link')).toBeChecked();
  const submit = card(ana, 'The door').locator('button[type=submit]');
  for (let presses = 0; presses < 12 && !(await submit.evaluate((one) => one === document.activeElement)); presses += 1) {
    await ana.page.keyboard.press('Tab');
  }
  await ana.page.keyboard.press('Enter');
  await expect(card(ana, 'The door').getByRole('status')).toHaveText('Saved');
});

test('a new room can begin with its settings', async ({ person }) => {
  const ana = await person({ ...ANA });
  await ana.page.goto('/');
  await alive(ana);
  await ana.page.getByLabel('Room name').fill('Planned');
  await press(ana, 'New room with more options');
  await ana.page.waitForURL(/\/r\/[a-z-]+\/settings$/);
  await expect(ana.page.getByLabel('Room name')).toHaveValue('Planned');
});

for (const [look, context] of [['dark, on a desk', { colorScheme: 'dark' }], ['light, on a phone', PHONE]]) {
  test(`the room's pages are accessible and fit: ${look}`, async ({ person }) => {
    const [ana, bo] = [await person({ ...ANA, context }), await person({ ...BO, context })];
    const link = await host(ana);
    await enter(bo, link);
    await atTheDoor(bo);
    await admit(ana, 'Bo');
    await inCall(bo);
    await leave(bo);
    const desk = { ...ana, page: await ana.context.newPage() };
    await settings(desk, link);
    await save(desk, 'New invite', 'The invite is ready.');
    await card(desk, 'The door').getByRole('button', { name: 'Save' }).click();
    await isAccessible(desk, 'settings');
    await fits(desk);
    await open(desk, `${link}/history`);
    await expect(desk.page.getByText('Ana let Bo in')).toBeVisible();
    await isAccessible(desk, 'history');
    await fits(desk);
    await desk.page.goto('/');
    await alive(desk);
    await isAccessible(desk, 'home page with a room');
    await fits(desk);
  });
}
