// Prepaid minutes: packs that a host sells, a balance that outlives a browser, and minutes that are taken back.

import { signUp } from '../support/accounts.mjs';
import { card, fits, isAccessible, save, settings } from '../support/desk.mjs';
import { alive, askToJoin, end, inCall, leave, makeRoom, open, press, reads, tile } from '../support/room.mjs';
import { ANA, BO, expect, test } from '../support/test.mjs';

const PHONE = { viewport: { width: 360, height: 740 } };

/** Opens a link by its words. */
const follow = (who, name) => who.page.getByRole('link', { name }).click();

/** A part of a page, by its name. */
const region = (who, name) => who.page.getByRole('region', { name });

test('a host sells packs, a guest buys one and uses some of it, and the host takes the rest back', async ({
  person,
}) => {
  test.setTimeout(240_000);
  const [ana, bo] = [await person(ANA), await person({ ...BO, context: PHONE })];
  await signUp(ana);
  const link = await makeRoom(ana, { name: 'Cello lessons', open: true });
  await settings(ana, link);
  const price = card(ana, 'Price');
  await price.getByLabel('Coming in').selectOption('Costs minutes that were bought before');
  await price.getByLabel('Minutes in pack 1').fill('30');
  await price.getByLabel('Price of pack 1').fill('ten');
  await price.getByRole('button', { name: 'Save' }).click();
  await expect(price.getByText('Please enter packs from the smallest to the largest')).toBeVisible();
  await price.getByLabel('Price of pack 1').fill('10,00');
  await price.getByLabel('Minutes in pack 2').fill('60');
  await price.getByLabel('Price of pack 2').fill('18');
  await price.getByLabel('Most minutes for one call').fill('30');
  await isAccessible(ana, 'packs in the settings');
  await save(ana, 'Price');
  await settings(ana, link);
  await expect(card(ana, 'Price').getByLabel('Price of pack 2')).toHaveValue('18.00');
  await expect(card(ana, 'Price').getByLabel('Minutes in pack 3')).toBeVisible();

  // Whoever has no account is led to one: minutes are not kept in a cookie.
  await open(bo, link);
  await reads(bo, 'This call has a price');
  await expect(bo.page.getByText('Minutes you have with this host: 0')).toBeVisible();
  await expect(bo.page.getByText('60 minutes cost 18.00 EUR.')).toBeVisible();
  await expect(bo.page.getByRole('button', { name: 'Agree and go on' })).toHaveCount(0);
  await fits(bo);
  await isAccessible(bo, 'a price in minutes, on a phone');
  await follow(bo, 'Buy minutes');
  await reads(bo, 'Prepaid minutes');
  await expect(bo.page.getByText('Please sign in to buy some.')).toBeVisible();
  await fits(bo);
  await isAccessible(bo, 'packs for somebody who is not signed in, on a phone');
  await signUp(bo);

  await open(bo, link);
  await follow(bo, 'Buy minutes');
  await fits(bo);
  await isAccessible(bo, 'packs, on a phone');
  await press(bo, 'Buy 30 minutes for 10.00 EUR');
  await reads(bo, 'Test payment');
  await press(bo, 'Have the card declined');
  await expect(bo.page.getByRole('alert')).toContainText('declined');
  await press(bo, 'Pay 10.00 EUR');
  await alive(bo);
  await expect(bo.page.getByText('Minutes you have with this host: 30')).toBeVisible();
  await press(bo, 'Agree and go on');
  await alive(bo);
  await expect(bo.page.getByLabel('Your name')).toBeVisible();

  await open(ana, link);
  await askToJoin(ana);
  await inCall(ana);
  await askToJoin(bo);
  await inCall(bo);
  await expect(tile(ana, 'Bo')).toBeVisible();
  await expect(ana.page.getByText('Paid time runs')).toBeVisible();
  await expect(bo.page.getByRole('timer')).toHaveText(/^(30|29) min left$/);
  await leave(bo);
  await end(ana);

  await bo.page.goto('/balance');
  await reads(bo, 'My minutes');
  await expect(region(bo, 'With each host')).toContainText('29 min');
  await expect(region(bo, 'What they were used for')).toContainText('Cello lessons');
  await fits(bo);
  await isAccessible(bo, 'the balance, on a phone');
  await follow(bo, /^Receipt/);
  await expect(bo.page.getByText('Prepaid time set aside')).toBeVisible();
  await bo.page.goBack();
  await follow(bo, /^Purchase/);
  await reads(bo, 'Pack of minutes');
  await expect(bo.page.getByRole('button')).toHaveCount(0);
  await fits(bo);
  await isAccessible(bo, 'a purchase, on a phone');

  await ana.page.goto('/earnings');
  await follow(ana, 'Packs sold');
  await reads(ana, 'Packs sold');
  await expect(region(ana, 'Sums')).toContainText('10.00 EUR');
  await isAccessible(ana, 'the packs that were sold');
  await follow(ana, /^Purchase/);
  await press(ana, 'Go on');
  await reads(ana, /^Take 29 min .* back\?$/);
  await isAccessible(ana, 'the question before minutes are taken back');
  await press(ana, /^Take 29 min .* back and return 9\.\d\d EUR$/);
  await expect(ana.page.getByRole('status')).toContainText('The minutes were taken back');

  await bo.page.goto('/balance');
  await expect(region(bo, 'With each host')).toContainText('0 s');
  await expect(region(bo, 'Packs bought')).toContainText('29 min');
});
