// Accounts: made, left and come back to, from more than one browser.

import { fits, isAccessible } from '../support/desk.mjs';
import { keys, tabAndPress, tabTo, write } from '../support/keyboard.mjs';
import {
  alive,
  button,
  devicesAreOff,
  enterAdmitted,
  host,
  makeRoom,
  open,
  press,
  reads,
  tiles,
} from '../support/room.mjs';
import { ANA, BO, expect, test } from '../support/test.mjs';

const PASSWORD = 'four brown bears';
const OTHER = 'five quick foxes';

/** An address that no other test uses. */
const address = (who) => `${who}.${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}@example.org`;

async function go(who, path) {
  await who.page.goto(path);
  await alive(who);
}

async function signUp(who, email, password = PASSWORD) {
  await go(who, '/sign-up');
  await who.page.getByLabel('Your name').fill(who.name);
  await who.page.getByLabel('E-mail address').fill(email);
  await who.page.getByLabel('Password').fill(password);
  await press(who, 'Make my account');
}

async function signIn(who, email, password = PASSWORD) {
  await go(who, '/sign-in');
  await who.page.getByLabel('E-mail address').fill(email);
  await who.page.getByLabel('Password').fill(password);
  await press(who, 'Sign in');
}

async function isSignedIn(who) {
  await expect(who.page.getByRole('button', { name: `Your account, ${who.name}` })).toBeVisible();
}

async function isSignedOut(who) {
  await expect(who.page.getByRole('banner').getByRole('link', { name: 'Sign in' })).toBeVisible();
}

const ownRooms = (who) => who.page.getByRole('region', { name: 'Your rooms' });

test('a room that was made without an account is there in another browser', async ({ person }) => {
  const [ana, desk] = [await person(ANA), await person(ANA)];
  const email = address('ana');
  const link = await makeRoom(ana, { name: 'Choir' });
  await signUp(ana, email);
  await ana.page.waitForURL(/\/$/);
  await isSignedIn(ana);
  await expect(ownRooms(ana).getByText('Choir')).toBeVisible();

  await signIn(desk, email);
  await desk.page.waitForURL(/\/$/);
  await isSignedIn(desk);
  await expect(ownRooms(desk).getByText('Choir')).toBeVisible();
  await open(desk, link);
  await expect(desk.page.getByText('This is your room.')).toBeVisible();

  await press(desk, `Your account, ${ANA.name}`);
  await press(desk, 'Sign out');
  await isSignedOut(desk);
  await expect(ownRooms(desk).getByText('Choir')).toHaveCount(0);
});

test('a call ends with the login by which it was joined, and the page says why', async ({ person }) => {
  const [ana, desk, bo] = [await person(ANA), await person(ANA), await person(BO)];
  const email = address('ana');
  await signUp(ana, email);
  await isSignedIn(ana);
  const link = await host(ana);
  await enterAdmitted(bo, link, ana);
  await expect(tiles(bo)).toHaveCount(2);

  await signIn(desk, email);
  await isSignedIn(desk);
  await go(desk, '/account');
  await press(desk, 'Sign out everywhere else');
  await expect(desk.page.getByText('Every other browser is signed out.')).toBeVisible();
  await reads(ana, 'You were signed out');
  await devicesAreOff(ana);
  await expect(tiles(bo)).toHaveCount(1);

  // Whoever comes back is a guest like any other, until they sign in.
  await ana.page.getByRole('link', { name: 'Join again' }).click();
  await expect(button(ana, 'Ask to join')).toBeVisible();
  await isSignedOut(ana);
});

test('what is wrong is said where it is wrong, and nothing that was typed is lost', async ({ person }) => {
  const ana = await person(ANA);
  ana.mayFail(/40[019]/);
  await signUp(ana, address('ana'), 'password12');
  await expect(ana.page.getByText('among the first passwords')).toBeVisible();
  await expect(ana.page.getByLabel('Your name')).toHaveValue(ANA.name);
  await ana.page.getByLabel('Password').fill(PASSWORD);
  await press(ana, 'Make my account');
  await isSignedIn(ana);
  await press(ana, `Your account, ${ANA.name}`);
  await press(ana, 'Sign out');
  await isSignedOut(ana);
  await signIn(ana, 'nobody@example.org');
  await expect(ana.page.getByText('do not belong together')).toBeVisible();
});

test('forms work where no script runs', async ({ person, browserName }) => {
  const email = address('bo');
  const bo = await person({ ...BO, context: { javaScriptEnabled: false } });
  bo.mayFail(/40[019]/);
  await bo.page.goto('/sign-up');
  await bo.page.getByLabel('Your name').fill(BO.name);
  await bo.page.getByLabel('E-mail address').fill(email);
  await bo.page.getByLabel('Password').fill('short');
  await press(bo, 'Make my account');
  // The hint beside the field says much the same; only the answer to the form is an alert.
  await expect(bo.page.getByRole('alert').first()).toContainText('at least 10 characters');
  await expect(bo.page.getByLabel('Your name')).toHaveValue(BO.name);
  await expect(bo.page.getByLabel('E-mail address')).toHaveValue(email);
  // Firefox, as it is driven here, runs scripts all the same, and its page has never gone away.
  if (browserName === 'chromium') await expect(bo.page.getByLabel('Password')).toHaveValue('');
  await bo.page.getByLabel('Password').fill(PASSWORD);
  await press(bo, 'Make my account');
  await isSignedIn(bo);
  await bo.page.goto('/account');
  await expect(bo.page.getByText(email)).toBeVisible();
});

test('a new password signs the other browser out, and the account can be deleted', async ({ person }) => {
  const [ana, desk] = [await person(ANA), await person(ANA)];
  const email = address('ana');
  await signUp(ana, email);
  await isSignedIn(ana);
  await signIn(desk, email);
  await isSignedIn(desk);

  await go(ana, '/account');
  await ana.page.getByLabel('Current password').fill(PASSWORD);
  await ana.page.getByLabel('New password').fill(OTHER);
  await press(ana, 'Change the password');
  await expect(ana.page.getByText('Your password is changed.')).toBeVisible();
  await isSignedIn(ana);
  await go(desk, '/account');
  await reads(desk, 'Sign in');

  await ana.page.getByLabel('Your password, to be sure that it is you').fill(OTHER);
  await press(ana, 'Delete my account');
  await expect(ana.page.getByText('Your account is deleted')).toBeVisible();
  await isSignedOut(ana);
});

test('signing in leads back to the room', async ({ person }) => {
  const [ana, desk] = [await person(ANA), await person(ANA)];
  const email = address('ana');
  await signUp(ana, email);
  await isSignedIn(ana);
  const link = await host(ana, { name: 'Choir' });
  await open(desk, link);
  await desk.page.getByRole('link', { name: 'Sign in' }).click();
  await desk.page.getByLabel('E-mail address').fill(email);
  await desk.page.getByLabel('Password').fill(PASSWORD);
  await press(desk, 'Sign in');
  await desk.page.waitForURL(link);
  await expect(desk.page.getByText('This is your room.')).toBeVisible();
});

test('by keyboard alone an account is made and opened with a passkey, until that is removed', async ({ person, browserName }) => {
  test.skip(browserName !== 'chromium', 'only Chromium has an authenticator for tests');
  const ana = await person(ANA);
  const devtools = await ana.context.newCDPSession(ana.page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  await go(ana, '/sign-up');
  for (const [field, text] of [[/^Your name/, ANA.name], [/^E-mail address/, address('ana')], [/^Password/, PASSWORD]]) {
    await tabTo(ana, field);
    await write(ana, text);
  }
  await keys(ana, 'Enter');
  await isSignedIn(ana);
  await go(ana, '/account');
  await tabTo(ana, /^Name of the new passkey/);
  await write(ana, 'Key ring');
  await tabAndPress(ana, /^Add a passkey$/);
  await expect(ana.page.getByText('The passkey is added.')).toBeVisible();
  await expect(button(ana, 'Remove Key ring')).toBeVisible();
  // The page has read the account anew; nobody has typed anything meanwhile.
  for (const label of ['Current password', 'New password', 'Your password, to be sure that it is you']) {
    await expect(ana.page.getByLabel(label)).toHaveValue('');
  }

  const signInWithPasskey = async () => {
    await tabAndPress(ana, new RegExp(`^Your account, ${ANA.name}$`));
    await tabAndPress(ana, /^Sign out$/);
    await isSignedOut(ana);
    await go(ana, '/sign-in?next=/account');
    await tabAndPress(ana, /^Sign in with a passkey$/);
  };
  await signInWithPasskey();
  await reads(ana, 'Your account');
  await isSignedIn(ana);

  await tabAndPress(ana, /^Remove Key ring$/);
  await expect(button(ana, 'Remove Key ring')).toHaveCount(0);
  ana.mayFail(/401/);
  await signInWithPasskey();
  await expect(ana.page.getByText('This passkey does not open an account here.')).toBeVisible();
  await isSignedOut(ana);
});

const LOOKS = {
  'dark, on a desk': { colorScheme: 'dark', viewport: { width: 1440, height: 900 } },
  'light, on a phone': { colorScheme: 'light', viewport: { width: 360, height: 740 } },
};

for (const [look, context] of Object.entries(LOOKS)) {
  test(`pages of accounts are accessible: ${look}`, async ({ person }) => {
    const ana = await person({ ...ANA, context });
    const isInShape = async (state) => {
      await isAccessible(ana, state);
      await fits(ana);
    };
    for (const path of ['/sign-in', '/sign-up', '/forgot', '/reset/0', '/verify/0']) {
      await go(ana, path);
      await isInShape(path);
    }
    await signUp(ana, address('ana'));
    await isSignedIn(ana);
    await isInShape('home page, signed in');
    await press(ana, `Your account, ${ANA.name}`);
    await isInShape('with the menu open');
    await go(ana, '/account');
    await isInShape('/account');
  });
}
