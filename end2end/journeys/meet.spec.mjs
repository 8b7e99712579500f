// Strangers: two who look are in a call at once, leaving ends it for both, and one reports the other.

import { fits, isAccessible } from '../support/desk.mjs';
import { ownServer } from '../support/own-server.mjs';
import { alive, button, everybodyMeets, inCall, leave, press, reads } from '../support/room.mjs';
import { ANA, BO, CLEO, expect, test as base } from '../support/test.mjs';

/** A server of its own, so that nobody meets the people of another journey. */
const test = base.extend({
  server: async ({}, use) => {
    const server = await ownServer(async () => ['--matching', 'anyone']);
    await use(server);
    await server.close();
  },
  // People go before their server does, or their pages complain that it is gone.
  baseURL: async ({ server }, use) => use(server.site),
});

/** Opens the page and agrees to its rules. */
async function come(who) {
  await who.page.goto('/meet');
  await alive(who);
  await who.page.getByLabel('The name the other sees').fill(who.name);
  await who.page.getByLabel('I am an adult and keep to these rules').check();
}

test('two strangers meet at once, and one of them reports the other', async ({ person }) => {
  test.setTimeout(120_000);
  const [ana, bo, cleo] = [await person(ANA), await person(BO), await person(CLEO)];
  await ana.page.goto('/');
  await ana.page.getByRole('link', { name: 'Meet somebody' }).click();
  await reads(ana, 'Meet somebody');
  await alive(ana);
  await ana.page.getByLabel('The name the other sees').fill('Ana');
  await press(ana, 'Find somebody');
  await expect(ana.page.getByText('Confirm this first.')).toBeVisible();
  await isAccessible(ana);
  for (const width of [360, 768, 1440]) {
    await ana.page.setViewportSize({ width, height: 800 });
    await fits(ana);
  }
  await ana.page.getByLabel('I am an adult and keep to these rules').check();
  await press(ana, 'Find somebody');
  await expect(ana.page.getByText('Keep this page open.')).toBeVisible();
  await isAccessible(ana);

  // Whoever stops is found by nobody.
  await press(ana, 'Stop looking');
  await expect(button(ana, 'Find somebody')).toBeEnabled();
  await come(bo);
  await press(bo, 'Find somebody');
  await expect(button(bo, 'Stop looking')).toBeVisible();
  await press(ana, 'Find somebody');
  for (const who of [ana, bo]) {
    await who.page.waitForURL(/\/r\/[a-z]{3}-[a-z]{4}-[a-z]{3}\?from=meet$/);
    await inCall(who);
  }
  await everybodyMeets([ana, bo]);

  await leave(bo);
  await reads(ana, 'This call has ended');
  await ana.page.getByRole('link', { name: 'Meet somebody' }).click();
  await reads(ana, 'Meet somebody');
  await ana.page.getByRole('link', { name: 'Report or avoid the last person' }).click();
  await reads(ana, 'Report the last person');
  await isAccessible(ana);
  await fits(ana);
  await ana.page.getByLabel('Something else').check();
  await ana.page.getByLabel('In your own words').fill('He only showed me a blue wall.');
  await press(ana, 'Send the report');
  await expect(ana.page.getByText('Thank you. The report was sent')).toBeVisible();

  // The two look again, and each finds somebody else, or nobody.
  await bo.page.getByRole('link', { name: 'Meet somebody' }).click();
  for (const who of [ana, bo]) {
    await come(who);
    await press(who, 'Find somebody');
    await expect(button(who, 'Stop looking')).toBeVisible();
  }
  await come(cleo);
  await press(cleo, 'Find somebody');
  await inCall(ana);
  await everybodyMeets([ana, cleo]);
  await expect(button(bo, 'Stop looking')).toBeVisible();
});

test('whoever closes the page is found by nobody', async ({ person }) => {
  const [ana, bo, cleo] = [await person(ANA), await person(BO), await person(CLEO)];
  await come(ana);
  await press(ana, 'Find somebody');
  await expect(button(ana, 'Stop looking')).toBeVisible();
  await ana.page.close();
  for (const who of [bo, cleo]) {
    await come(who);
    await press(who, 'Find somebody');
  }
  for (const who of [bo, cleo]) await inCall(who);
  await everybodyMeets([bo, cleo]);
});
