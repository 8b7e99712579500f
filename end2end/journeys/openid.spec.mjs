// Signing in with an OpenID provider: a real one, whose pages are gone through as a person does.

import { fits, isAccessible } from '../support/desk.mjs';
import { tabAndPress } from '../support/keyboard.mjs';
import { ownServer } from '../support/own-server.mjs';
import { openProvider } from '../support/provider.mjs';
import { alive, button, makeRoom, press, reads } from '../support/room.mjs';
import { ANA, BO, expect, test as base } from '../support/test.mjs';

const PASSWORD = 'four brown bears';
const SIGN_IN = 'Sign in with Example ID';

/** A server of its own for each journey, whose people may sign in with a provider of its own. */
const test = base.extend({
  place: async ({}, use) => {
    let provider;
    const server = await ownServer(async (site) => {
      provider = await openProvider(site);
      return provider.settings;
    });
    await use({ site: server.site, provider });
    await server.close();
    await provider.close();
  },
  // People go before their server does, or their pages complain that it is gone.
  baseURL: async ({ place }, use) => use(place.site),
});

/** Somebody at this site. What the provider's own pages complain of is not ours. */
async function at(person, who, context = {}) {
  const somebody = await person({ ...who, context });
  somebody.mayFail(/127\.0\.0\.1|fonts\.googleapis/);
  return somebody;
}

async function go(who, path) {
  await who.page.goto(path);
  await alive(who);
}

/** Signs in at the provider, and agrees that it tells who one is. */
async function agree(who, login) {
  await who.page.waitForURL(/127\.0\.0\.1/);
  await who.page.locator('[name=login]').fill(login);
  await who.page.locator('[name=password]').fill('any');
  await who.page.getByRole('button', { name: /sign-in/i }).click();
  await who.page.getByRole('button', { name: /continue/i }).click();
}

async function isSignedIn(who, name = who.name) {
  await expect(who.page.getByRole('button', { name: `Your account, ${name}` })).toBeVisible();
}

async function isSignedOut(who) {
  await expect(who.page.getByRole('banner').getByRole('link', { name: 'Sign in' })).toBeVisible();
}

async function signOut(who) {
  await press(who, new RegExp('^Your account, '));
  await press(who, 'Sign out');
  await isSignedOut(who);
}

async function signUp(who, email) {
  await go(who, '/sign-up');
  await who.page.getByLabel('Your name').fill(who.name);
  await who.page.getByLabel('E-mail address').fill(email);
  await who.page.getByLabel('Password').fill(PASSWORD);
  await press(who, 'Make my account');
  await isSignedIn(who);
}

const ownRooms = (who) => who.page.getByRole('region', { name: 'Your rooms' });

test('somebody signs in with a provider, leaves, and comes back to the same account', async ({ person, place }) => {
  const ana = await at(person, ANA);
  await makeRoom(ana, { name: 'Choir' });
  await go(ana, '/sign-up');
  await press(ana, SIGN_IN);
  await agree(ana, 'ana');
  await ana.page.waitForURL(`${place.site}/`);
  await isSignedIn(ana);
  await expect(ownRooms(ana).getByText('Choir'), 'what the browser hosted came along').toBeVisible();
  await signOut(ana);
  await expect(ownRooms(ana).getByText('Choir')).toHaveCount(0);

  // The provider still knows her, so that it asks nothing.
  await go(ana, '/sign-in');
  await press(ana, SIGN_IN);
  await ana.page.waitForURL(`${place.site}/`);
  await isSignedIn(ana);
  await expect(ownRooms(ana).getByText('Choir')).toBeVisible();

  const desk = await at(person, ANA);
  await go(desk, '/sign-in?next=/account');
  await press(desk, SIGN_IN);
  await agree(desk, 'ana');
  await desk.page.waitForURL(`${place.site}/account`);
  await expect(desk.page.getByText('ana@example.org', { exact: true })).toBeVisible();
  await expect(button(desk, 'Unlink Example ID · ana@example.org')).toBeVisible();
  await press(desk, 'Unlink Example ID · ana@example.org');
  await expect(desk.page.getByText('Nothing else opens your account.')).toBeVisible();
  desk.mayFail(/409/);
});

test('signing in leads back to the room, without a script and by keyboard', async ({ person, place }) => {
  const ana = await at(person, ANA);
  await go(ana, '/sign-in');
  await press(ana, SIGN_IN);
  await agree(ana, 'ana');
  await ana.page.waitForURL(`${place.site}/`);
  const link = await makeRoom(ana, { name: 'Choir' });

  const plain = await at(person, ANA, { javaScriptEnabled: false });
  await plain.page.goto(link);
  await plain.page.getByRole('link', { name: 'Sign in' }).click();
  await plain.page.getByRole('button', { name: SIGN_IN }).click();
  await agree(plain, 'ana');
  await plain.page.waitForURL(link);
  await isSignedIn(plain);

  const keyed = await at(person, ANA);
  await go(keyed, `/sign-in?next=${new URL(link).pathname}`);
  await tabAndPress(keyed, new RegExp(SIGN_IN));
  await agree(keyed, 'ana');
  await keyed.page.waitForURL(link);
  await expect(keyed.page.getByText('This is your room.')).toBeVisible();
});

test('an account is linked by its owner, and unlinked again', async ({ person, place }) => {
  const [bo, eve] = [await at(person, BO), await at(person, BO)];
  await signUp(bo, 'bo@example.org');

  // The same address is not enough: nobody has confirmed that it is his.
  await go(eve, '/sign-in');
  await press(eve, SIGN_IN);
  await agree(eve, 'bo');
  await reads(eve, 'Sign in');
  await expect(eve.page.getByText('There is an account with your address already.')).toBeVisible();
  await isSignedOut(eve);

  await go(bo, '/account');
  await press(bo, 'Link Example ID');
  await agree(bo, 'bo');
  await bo.page.waitForURL(/done=linked/);
  await expect(bo.page.getByText('The service is linked.')).toBeVisible();
  await go(eve, '/sign-in?next=/account');
  await press(eve, SIGN_IN);
  await eve.page.waitForURL(`${place.site}/account`);
  await isSignedIn(eve);

  await press(eve, 'Unlink Example ID · bo@example.org');
  await expect(eve.page.getByText('The service is not linked any more.')).toBeVisible();
  await expect(button(eve, /^Unlink/)).toHaveCount(0);
});

test('whoever cancels at the provider is told so, and can try again', async ({ person, place }) => {
  const ana = await at(person, ANA);
  await go(ana, '/sign-in?next=/account');
  await press(ana, SIGN_IN);
  await ana.page.waitForURL(/127\.0\.0\.1/);
  await ana.page.getByRole('link', { name: /cancel/i }).click();
  await expect(ana.page.getByText('You did not sign in at the other service.')).toBeVisible();
  await isSignedOut(ana);
  await alive(ana);
  await press(ana, SIGN_IN);
  await agree(ana, 'ana');
  await ana.page.waitForURL(`${place.site}/account`);
  await isSignedIn(ana);

  // What was used up leads nobody astray who goes back to it.
  await ana.page.goto('/auth/openid/callback?code=old&state=old');
  await reads(ana, 'Your account');
  await expect(ana.page.getByText('That took too long, was done already')).toBeVisible();
});

test('a provider that is away is told, and another way leads in', async ({ person, place }) => {
  const ana = await at(person, ANA);
  await place.provider.close();
  await signUp(ana, 'ana@example.org');
  await signOut(ana);
  await go(ana, '/sign-in?next=/account');
  await press(ana, SIGN_IN);
  await expect(ana.page.getByText('The other service does not answer just now.')).toBeVisible();
  await alive(ana);
  await ana.page.getByLabel('E-mail address').fill('ana@example.org');
  await ana.page.getByLabel('Password').fill(PASSWORD);
  await press(ana, 'Sign in');
  await ana.page.waitForURL(`${place.site}/account`);
});

const LOOKS = {
  'dark, on a desk': { colorScheme: 'dark', viewport: { width: 1440, height: 900 } },
  'light, on a phone': { colorScheme: 'light', viewport: { width: 360, height: 740 } },
};

for (const [look, context] of Object.entries(LOOKS)) {
  test(`pages about the provider are accessible: ${look}`, async ({ person, place }) => {
    const ana = await at(person, ANA, context);
    const isInShape = async (state) => {
      await isAccessible(ana, state);
      await fits(ana);
    };
    for (const path of ['/sign-up', '/sign-in?problem=link-first', '/sign-in?next=/account']) {
      await go(ana, path);
      await expect(button(ana, SIGN_IN)).toBeVisible();
      await isInShape(path);
    }
    await press(ana, SIGN_IN);
    await agree(ana, 'ana');
    await ana.page.waitForURL(`${place.site}/account`);
    await alive(ana);
    await go(ana, '/account?problem=taken');
    await expect(ana.page.getByText('belongs to another account here')).toBeVisible();
    await isInShape('account');
  });
}
