// Rooms that cost something: an offer, and paying at the test processor.

import { alive, press, reads } from './room.mjs';
import { expect } from './test.mjs';

/** Two minutes for 2.00 EUR, paid before. */
export const TWO_MINUTES = {
  access: { fixed: { price: { minor: 200, currency: 'EUR' }, length: 2 } },
  point: 'before',
  start: 'both_in',
  no_show: { wait: 15, host: 1000, payer: 0, both: 1000 },
  overrun: 'close',
  cancellation: [{ hours: 24, refund: 1000 }],
  fee: 0,
};

/** The same, paid by a bill when the call is over. */
export const AFTERWARDS = { ...TWO_MINUTES, point: 'after', no_show: { wait: 15, host: 1000, payer: 1000, both: 1000 } };

/** Agrees and pays at the test processor. */
export async function pay(who, amount) {
  await press(who, `Agree and pay ${amount}`);
  await reads(who, 'Test payment');
  await press(who, `Pay ${amount}`);
  await alive(who);
  await expect(who.page.getByLabel('Your name')).toBeVisible();
}
