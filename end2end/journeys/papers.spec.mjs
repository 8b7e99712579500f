// What payers and hosts read about their money, and a refund by hand: documents without scripts.

import { card, fits, isAccessible, rule, settings } from '../support/desk.mjs';
import { TWO_MINUTES, pay } from '../support/money.mjs';
import { askToJoin, end, host, inCall, leave, makeRoom, open, press, reads, tile } from '../support/room.mjs';
import { ANA, BO, expect, test } from '../support/test.mjs';

const PHONE = { viewport: { width: 360, height: 740 } };

/** Opens a link by its words. */
const follow = (who, name) => who.page.getByRole('link', { name }).click();

test('a payer reads a receipt, the host earnings, and money that goes back shows on both', async ({ person }) => {
  test.setTimeout(180_000);
  const [ana, bo] = [await person(ANA), await person({ ...BO, context: PHONE })];
  const link = await host(ana, { name: 'A cello lesson with a rather long name', open: true });
  await rule(ana, link, { door: 'open', offer: TWO_MINUTES });
  await open(bo, link);
  await pay(bo, '2.00 EUR');
  await askToJoin(bo);
  await inCall(bo);
  await expect(tile(ana, 'Bo')).toBeVisible();
  await leave(bo);
  await end(ana);

  await follow(bo, 'My payments');
  await reads(bo, 'My payments');
  await expect(bo.page.getByText('no money moves')).toBeVisible();
  await fits(bo);
  await isAccessible(bo, 'the list of payments, on a phone');
  await follow(bo, /^Receipt/);
  await reads(bo, 'Receipt');
  await expect(bo.page.getByText('no money has moved')).toBeVisible();
  await expect(bo.page.getByText('2.00 EUR for 2 minutes')).toBeVisible();
  await expect(bo.page.getByRole('cell', { name: 'paid' })).toBeVisible();
  await expect(bo.page.getByRole('button')).toHaveCount(0);
  await fits(bo);
  await isAccessible(bo, 'the receipt, on a phone');

  await settings(ana, await makeRoom(ana, { name: 'The next lesson' }));
  await card(ana, 'Price').getByRole('link', { name: 'My earnings' }).click();
  await reads(ana, 'My earnings');
  await expect(ana.page.getByRole('region', { name: 'Sums' })).toContainText('2.00 EUR');
  await isAccessible(ana, 'the earnings');
  await follow(ana, /^Receipt/);
  await ana.page.getByLabel('A part of it').check();
  await ana.page.getByLabel('Amount (EUR)').fill('0,50');
  await isAccessible(ana, 'the receipt of the host');
  await press(ana, 'Go on');
  await reads(ana, 'Give 0.50 EUR back?');
  await isAccessible(ana, 'the question before a refund');
  await press(ana, 'Give 0.50 EUR back');
  await expect(ana.page.getByRole('status')).toHaveText('The money is on its way back to the payer.');

  await bo.page.reload();
  await expect(bo.page.getByRole('cell', { name: 'given back by the host' })).toBeVisible();
  await expect(bo.page.getByText('1.50 EUR')).toBeVisible();
});
