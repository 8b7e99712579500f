// Rooms that cost something: the price that a host sets, the terms and the checkout, the paid time and its end.

import { card, fits, isAccessible, rule, save, settings } from '../support/desk.mjs';
import { AFTERWARDS, TWO_MINUTES, pay } from '../support/money.mjs';
import {
  admit,
  askToJoin,
  atTheDoor,
  button,
  devicesAreOff,
  end,
  everybodyMeets,
  host,
  inCall,
  leave,
  makeRoom,
  open,
  press,
  reads,
  tile,
  useDevices,
} from '../support/room.mjs';
import { ANA, BO, CLEO, expect, test } from '../support/test.mjs';
import { journey } from '../support/wired.mjs';

// Its people sit behind cables, at a server of their own.
journey.use({ settings: ['--payments', 'test'] });

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

journey('a payer waits, is let in, is gone for 20 seconds, is warned and runs out of time, for one payment', async ({
  person,
  wired,
}) => {
  journey.setTimeout(300_000);
  const [ana, bo] = [await person(ANA), await wired(BO)];
  const link = await host(ana, { name: 'Short lesson' });
  await rule(ana, link, { offer: TWO_MINUTES });
  await open(bo, bo.link(link));
  await pay(bo, '2.00 EUR');
  const cleo = await person(CLEO);
  await open(cleo, link);
  await reads(cleo, 'This call has a price');

  await useDevices(bo);
  await askToJoin(bo);
  await atTheDoor(bo);
  await expect(ana.page.getByText('Paid time runs')).toHaveCount(0);
  await admit(ana, 'Bo');
  await inCall(bo);
  await everybodyMeets([ana, bo]);
  await expect(bo.page.getByRole('timer')).toHaveText(/^[12]:\d\d left$/);

  const pulled = Date.now();
  bo.cable.pull();
  await expect(ana.page.getByText('Paid time is on hold')).toBeVisible({ timeout: 40_000 });
  // Paid time is on hold as soon as he is missed; he is away for 20 s in all, which is what this journey is about.
  await expect.poll(() => Date.now() - pulled, { timeout: 30_000 }).toBeGreaterThan(20_000);
  bo.cable.putBack();
  await expect(ana.page.getByText('Paid time runs')).toBeVisible({ timeout: 40_000 });
  await inCall(bo);
  await everybodyMeets([ana, bo]);
  await expect(button(ana, /^Admit/)).toHaveCount(0);
  await expect(bo.page.getByText('This call has a price')).toHaveCount(0);

  await expect(bo.page.getByText('The call ends in 1 minute.')).toBeVisible({ timeout: 90_000 });
  await reads(bo, 'The time of this call is over', { timeout: 120_000 });
  await devicesAreOff(bo);
  await expect(ana.page.getByText('Paid time runs')).toBeHidden();
  await expect(ana.page.getByRole('button', { name: 'Leave' })).toBeVisible();
  await bo.page.getByRole('link', { name: 'My payments' }).click();
  await bo.page.getByRole('link', { name: /^Receipt/ }).click();
  await reads(bo, 'Receipt');
  await expect(bo.page.getByRole('cell', { name: 'paid' })).toHaveCount(1);
  await expect(bo.page.getByText('2.00 EUR for 2 minutes')).toBeVisible();
});

test('a call that is paid afterwards ends with a bill, which its payer pays on a phone', async ({ person }) => {
  test.setTimeout(150_000);
  const [ana, bo] = [await person(ANA), await person({ ...BO, context: PHONE })];
  const link = await host(ana, { name: 'Cello lesson', open: true });
  await rule(ana, link, { door: 'open', offer: AFTERWARDS });
  await open(bo, link);
  await expect(bo.page.getByText('You pay when the session is over.')).toBeVisible();
  await press(bo, 'Agree and go on');
  await askToJoin(bo);
  await inCall(bo);
  await expect(tile(ana, 'Bo')).toBeVisible();
  await expect(ana.page.getByText('Paid time runs')).toBeVisible();
  await leave(bo);
  await end(ana);
  await bo.page.getByRole('link', { name: 'What it came to' }).click();
  await reads(bo, 'Please pay');
  await fits(bo);
  await isAccessible(bo, 'a receipt with a bill, on a phone');

  // Nobody is trusted twice: another room of the same host leads to the bill first.
  const second = await makeRoom(ana, { name: 'The next lesson', open: true });
  await rule(ana, second, { door: 'open', offer: AFTERWARDS });
  await open(bo, second);
  await expect(bo.page.getByText('You have not paid 2.00 EUR for an earlier call with this host.')).toBeVisible();
  await bo.page.getByRole('link', { name: 'To the bill' }).click();
  await press(bo, 'Pay 2.00 EUR');
  await reads(bo, 'Test payment');
  await press(bo, 'Have the card declined');
  await expect(bo.page.getByRole('alert')).toContainText('declined');
  await press(bo, 'Pay 2.00 EUR');
  await reads(bo, 'Receipt');
  await expect(bo.page.getByRole('cell', { name: 'the bill' })).toBeVisible();
  await expect(bo.page.getByRole('heading', { name: 'Please pay' })).toHaveCount(0);
  await open(bo, second);
  await expect(button(bo, 'Agree and go on')).toBeVisible();
});
