// What whoever runs the server reads: all sessions, what failed outside, the ledger. Documents without scripts.

import { fits, isAccessible, rule } from '../support/desk.mjs';
import { TWO_MINUTES, pay } from '../support/money.mjs';
import { ownServer } from '../support/own-server.mjs';
import { alive, button, end, host, makeRoom, open, press, reads } from '../support/room.mjs';
import { ANA, BO, CLEO, test as base, expect } from '../support/test.mjs';

const PHONE = { viewport: { width: 360, height: 740 } };
const OLGA = 'olga@example.org';
const PASSWORD = 'four brown bears';

/** A server of its own for each journey, which Olga runs once her address is confirmed. */
const test = base.extend({
  server: async ({}, use) => {
    const server = await ownServer(async () => ['--payments', 'test', '--operators', OLGA]);
    await use(server);
    await server.close();
  },
  // People go before their server does, or their pages complain that it is gone.
  baseURL: async ({ server }, use) => use(server.site),
});

/** Olga with an account whose address is confirmed, on a phone. */
async function runsTheServer(person, server) {
  const olga = await person({ ...CLEO, name: 'Olga', context: PHONE });
  await olga.page.goto('/sign-up');
  await alive(olga);
  await olga.page.getByLabel('Your name').fill('Olga');
  await olga.page.getByLabel('E-mail address').fill(OLGA);
  await olga.page.getByLabel('Password').fill(PASSWORD);
  await press(olga, 'Make my account');
  await expect(button(olga, 'Your account, Olga')).toBeVisible();
  olga.mayFail(/404 \(Not Found\) \(http.*\/operator\)$/);
  await olga.page.goto('/operator');
  await reads(olga, 'There is nothing to read here');
  // Whoever signed up first may not be Olga: she chooses another password by the link that the command prints.
  const { pathname } = new URL(server.task('confirm-address', OLGA).trim());
  await olga.page.goto(pathname);
  await alive(olga);
  await olga.page.getByRole('textbox', { name: 'New password' }).fill(PASSWORD);
  await press(olga, 'Save the password');
  await olga.page.getByLabel('E-mail address').fill(OLGA);
  await olga.page.getByLabel('Password').fill(PASSWORD);
  await press(olga, 'Sign in');
  await expect(button(olga, 'Your account, Olga')).toBeVisible();
  return olga;
}

test('an operator has an order tried again that was given up, and reads the ledger', async ({ person, server }) => {
  test.setTimeout(180_000);
  const [ana, bo] = [await person(ANA), await person(BO)];
  const olga = await runsTheServer(person, server);

  const link = await host(ana, { name: 'Cello lesson', open: true });
  await rule(ana, link, { door: 'open', offer: TWO_MINUTES });
  await open(bo, link);
  await pay(bo, '2.00 EUR');
  await bo.page.getByRole('link', { name: 'Receipt, or cancel' }).click();
  await bo.page.getByRole('link', { name: /^Receipt/ }).click();
  await bo.page.getByRole('button', { name: 'Cancel…' }).click();
  await bo.page.getByRole('button', { name: 'Cancel the call' }).click();
  await reads(bo, 'Receipt');
  await end(ana);
  // The refund comes undone, as if a bank had not taken it.
  await server.stop('SIGTERM');
  server.write(
    `update session_orders set done_at = null, dead_at = 1, error = 'The bank said no.' where instruction like '%refund%'`,
  );
  await server.start();

  await olga.page.goto('/operator');
  await reads(olga, 'Running this server');
  await fits(olga);
  await isAccessible(olga, 'the overview of an operator, on a phone');
  await olga.page.getByRole('link', { name: 'Orders in trouble' }).click();
  await expect(olga.page.getByText('The bank said no.')).toBeVisible();
  await olga.page.getByText('It was done by hand').click();
  await fits(olga);
  await isAccessible(olga, 'an order in trouble, on a phone');
  await press(olga, 'Try again');
  await expect(olga.page.getByRole('status')).toHaveText('It is tried again now.');
  await expect(async () => {
    await olga.page.reload();
    await expect(olga.page.getByText('Every order was carried out')).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await olga.page.getByRole('link', { name: 'Sessions' }).click();
  await fits(olga);
  await isAccessible(olga, 'all sessions, on a phone');
  await expect(olga.page.getByText('Cello lesson')).toBeVisible();
  await olga.page.getByRole('link', { name: 'Ledger' }).click();
  await expect(olga.page.getByText('No account holds anything.')).toBeVisible();
  await isAccessible(olga, 'the ledger, on a phone');
});

test('an operator prices a room, and its guests and hosts read that', async ({ person, server }, testInfo) => {
  test.setTimeout(120_000);
  const [ana, bo] = [await person(ANA), await person(BO)];
  const olga = await runsTheServer(person, server);
  const link = await makeRoom(ana, { name: 'Cello lesson', open: true });
  // A page that says that there is no such room has that status.
  olga.mayFail(/4\d\d \(.*\/operator\/rooms/);

  await olga.page.goto('/operator');
  await olga.page.getByRole('link', { name: 'Rooms' }).click();
  await olga.page.getByLabel('Code of a room, or its link').fill('no such room');
  await press(olga, 'Find the room');
  await fits(olga);
  await isAccessible(olga, 'a room that is not there, on a phone');
  await olga.page.getByLabel('Code of a room, or its link').fill(link);
  await press(olga, 'Find the room');
  await expect(olga.page.getByText('Coming in is free.')).toBeVisible();
  await olga.page.getByLabel('Costs so much for a fixed time').check();
  await olga.page.getByLabel('Amount', { exact: true }).fill('nothing');
  await press(olga, 'Save');
  await isAccessible(olga, 'a price that is wrong, on a phone');
  await olga.page.getByLabel('Amount', { exact: true }).fill('20.00');
  await olga.page.getByLabel('Minutes', { exact: true }).fill('45');
  await olga.page.screenshot({ path: testInfo.outputPath('pricing-360.png'), fullPage: true });
  await press(olga, 'Save');
  await expect(olga.page.getByRole('status')).toBeVisible();
  await fits(olga);
  await isAccessible(olga, 'a room with a price, on a phone');
  await olga.page.setViewportSize({ width: 1440, height: 900 });
  await olga.page.screenshot({ path: testInfo.outputPath('priced-1440.png'), fullPage: true });

  await open(bo, link);
  await expect(bo.page.getByText(/20\.00 EUR/).first()).toBeVisible();
  await ana.page.goto(`${link}/history`);
  await expect(ana.page.getByText('Whoever runs this server').first()).toBeVisible();
});
