// Rooms that cost something: the price that a host sets, the terms and the checkout, the paid time and its end.

import { card, fits, isAccessible, rule, save, settings } from '../support/desk.mjs';
import { TWO_MINUTES, pay } from '../support/money.mjs';
import { askToJoin, host, inCall, makeRoom, open, press, reads, tile } from '../support/room.mjs';
import { ANA, BO, CLEO, expect, test } from '../support/test.mjs';

const PHONE = { viewport: { width: 360, height: 740 } };

test('a host asks for a price, a guest reads the terms, pays and comes in, and a stranger does not', async ({
  person,
}) => {
  test.setTimeout(120_000);
  const [ana, bo, cleo] = [await person(ANA), await person({ ...BO, context: PHONE }), await person(CLEO)];
  const link = await makeRoom(ana, { name: 'Cello lesson', open: true });
  await settings(ana, link);
  const price = card(ana, 'Price');
  await price.getByLabel('Coming in').selectOption('Costs so much for a fixed time');
  await price.getByLabel('Amount').fill('fifty');
  await price.getByRole('button', { name: 'Save' }).click();
  await expect(price.getByText('This is no amount in that currency.')).toBeVisible();
  await price.getByLabel('Amount').fill('50,00');
  await price.getByLabel('Minutes', { exact: true }).fill('50');
  await price.getByLabel('Price of more time').fill('5');
  await isAccessible(ana, 'the price in the settings');
  await save(ana, 'Price');
  await settings(ana, link);
  await expect(card(ana, 'Price').getByLabel('Amount')).toHaveValue('50.00');
  await expect(card(ana, 'Price').getByLabel('Price of more time')).toHaveValue('5.00');

  await open(bo, link);
  await reads(bo, 'This call has a price');
  await expect(bo.page.getByText('50.00 EUR for 50 minutes')).toBeVisible();
  await expect(bo.page.getByText('you can add 15 minutes for 5.00 EUR')).toBeVisible();
  await expect(bo.page.getByText('no money moves')).toBeVisible();
  await expect(bo.page.getByLabel('Your name')).toBeHidden();
  await fits(bo);
  await isAccessible(bo, 'the price, on a phone');

  await press(bo, 'Agree and pay 50.00 EUR');
  await reads(bo, 'Test payment');
  await fits(bo);
  await isAccessible(bo, 'the checkout, on a phone');
  await press(bo, 'Have the card declined');
  await expect(bo.page.getByRole('alert')).toContainText('declined');
  // Back without having paid: the place is kept, and the same checkout goes on.
  await open(bo, link);
  await expect(bo.page.getByText('You have agreed, and the payment is not here yet.')).toBeVisible();
  await press(bo, 'Pay 50.00 EUR');
  await reads(bo, 'Test payment');
  await press(bo, 'Pay 50.00 EUR');
  await expect(bo.page.getByLabel('Your name')).toBeVisible();

  await expect(bo.page.getByRole('link', { name: 'Receipt, or cancel' })).toBeVisible();

  await open(cleo, bo.page.url());
  await reads(cleo, 'This call has a price');

  await open(ana, link);
  await askToJoin(ana);
  await inCall(ana);
  await askToJoin(bo);
  await inCall(bo);
  await expect(tile(ana, 'Bo')).toBeVisible();
  await expect(ana.page.getByText('Paid time runs')).toBeVisible();
  await expect(ana.page.getByRole('button', { name: 'Add time' })).toHaveCount(0);
  await expect(bo.page.getByRole('timer')).toHaveText(/^(50|49) min left$/);
  await fits(bo);
  await isAccessible(bo, 'the call of a payer, on a phone');

  // More time is paid for in a page of its own, while the call goes on.
  const opened = bo.context.waitForEvent('page');
  await press(bo, 'Add time: +15 min · 5.00 EUR');
  const till = { ...bo, page: await opened };
  await reads(till, 'Test payment');
  await press(till, 'Pay 5.00 EUR');
  await reads(till, 'Your session so far');
  await expect(till.page.getByRole('cell', { name: 'more time' })).toBeVisible();
  await till.page.close();
  await expect(bo.page.getByRole('timer')).toHaveText(/^6[45] min left$/);
  await expect(tile(ana, 'Bo')).toBeVisible();
});

test('paid time is on hold while somebody is away, and the payer goes when it is over', async ({ person }) => {
  test.setTimeout(300_000);
  const [ana, bo] = [await person(ANA), await person(BO)];
  const link = await host(ana, { name: 'Short lesson', open: true });
  await rule(ana, link, { door: 'open', offer: TWO_MINUTES });
  await open(bo, link);
  await pay(bo, '2.00 EUR');
  await askToJoin(bo);
  await inCall(bo);
  await expect(bo.page.getByRole('timer')).toHaveText(/^[12]:\d\d left$/);

  // He leaves the page, and comes back to his place without paying again.
  await bo.page.goto('about:blank');
  await expect(ana.page.getByText('Paid time is on hold')).toBeVisible();
  await open(bo, link);
  await inCall(bo);
  await expect(ana.page.getByText('Paid time runs')).toBeVisible();

  await expect(bo.page.getByText('The call ends in 1 minute.')).toBeVisible({ timeout: 90_000 });
  await reads(bo, 'The time of this call is over', { timeout: 120_000 });
  await expect(ana.page.getByText('Paid time runs')).toBeHidden();
  await expect(ana.page.getByRole('button', { name: 'Leave' })).toBeVisible();
});
