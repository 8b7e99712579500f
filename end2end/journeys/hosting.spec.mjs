// What a host does to people and to the room during the call, and what they see and hear of it.

import {
  admit,
  atTheDoor,
  button,
  devicesAreOff,
  enter,
  enterAdmitted,
  everybodyMeets,
  hears,
  host,
  inCall,
  press,
  reads,
  say,
  sees,
  sends,
  sendsNothing,
  tile,
  tiles,
  useDevices,
  askToJoin,
  open,
} from '../support/room.mjs';
import { ANA, BO, CLEO, expect, test } from '../support/test.mjs';
import { card, fits, isAccessible, rule, settings } from '../support/desk.mjs';
import { does, doesSurely, isTold, line, openMenu, showPeople } from '../support/hosting.mjs';
import { atTheDesk, tabAndPress } from '../support/keyboard.mjs';

/** Opens the panel of the room's rules. */
async function showRules(who) {
  // On a phone an open panel covers the bar.
  if (await button(who, 'Close').isVisible()) await press(who, 'Close');
  await press(who, 'More');
  await press(who, 'Rules of the room');
  await hasFocus(who.page.getByRole('heading', { name: 'Room', exact: true }));
}

/** The focus of the page. Firefox's window behind another has none, and its page still does. */
async function hasFocus(element) {
  await expect.poll(() => element.evaluate((found) => found === document.activeElement)).toBe(true);
}

/** What may not be done rests, and still says why when it is pressed. */
async function isBarred(who, name, why) {
  await expect(button(who, name)).toHaveAttribute('aria-disabled', 'true');
  await expect(button(who, name)).toHaveAttribute('aria-description', why);
  await button(who, name).click({ force: true });
  await isTold(who, why);
}

test('a muted guest is heard by nobody, is told so, and unmutes', async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person(BO)];
  await enterAdmitted(bo, await host(ana), ana);
  await everybodyMeets([ana, bo]);

  await does(ana, 'Bo', 'Mute microphone');
  await isTold(bo, 'Ana muted you. You can unmute yourself.');
  await hears(ana, [], [ana, bo]);
  await sendsNothing(bo, 'audio');
  await expect(tile(ana, 'Bo')).toContainText('Microphone is off');
  await expect(line(ana, 'Bo')).toContainText('Microphone is off');
  // What is off cannot be switched off once more.
  const menu = await openMenu(ana, 'Bo');
  await expect(menu.getByRole('menuitem', { name: 'Mute microphone' })).toHaveCount(0);
  await ana.page.keyboard.press('Escape');

  await press(bo, /^Unmute microphone/);
  await hears(ana, [bo], [ana, bo]);

  await press(ana, 'Mute everybody');
  await hears(ana, [], [ana, bo]);
  await expect(button(ana, 'Mute everybody')).toHaveCount(0);
});

test('whoever is muted for good speaks again only when a host says so', async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person(BO)];
  await enterAdmitted(bo, await host(ana), ana);
  await everybodyMeets([ana, bo]);
  await showRules(ana);
  await ana.page.getByLabel('Whoever you mute stays muted').check();

  await does(ana, 'Bo', 'Mute microphone');
  await isTold(bo, 'Ana muted you. Ask to speak.');
  await hears(ana, [], [ana, bo]);
  await isBarred(bo, 'Unmute microphone', 'A host muted you. Ask to speak.');
  await sendsNothing(bo, 'audio');
  await hears(ana, [], [ana, bo]);
  await expect(line(ana, 'Bo')).toContainText('Muted by a host');

  await does(ana, 'Bo', 'Let speak');
  await isTold(bo, 'You may speak again.');
  await expect(line(ana, 'Bo')).not.toContainText('Muted by a host');
  await hears(ana, [], [ana, bo]);
  await press(bo, /^Unmute microphone/);
  await hears(ana, [bo], [ana, bo]);
});

test('a stopped camera is dark on both sides, and may be turned on again', async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person(BO)];
  await enterAdmitted(bo, await host(ana), ana);
  await everybodyMeets([ana, bo]);

  await does(ana, 'Bo', 'Turn camera off');
  await isTold(bo, 'Ana turned your camera off. You can turn it on again.');
  await expect(tile(ana, 'Bo').locator('video')).toBeHidden();
  const light = () =>
    bo.page.evaluate(() => window.__tracks.some((one) => one.kind === 'video' && one.readyState === 'live'));
  await expect.poll(light, 'the light of Bo’s camera').toBe(false);
  await sendsNothing(bo, 'video');
  await sends(bo, 'audio');

  await press(bo, /^Turn camera on/);
  await sees(ana, bo, [ana, bo]);
});

test('a co-host lets people in, and is a co-host no longer when that is taken back', async ({ person }) => {
  const [ana, bo, cleo] = [await person(ANA), await person(BO), await person(CLEO)];
  const link = await host(ana);
  await enterAdmitted(bo, link, ana);
  await does(ana, 'Bo', 'Make co-host');
  await isTold(bo, 'You are a co-host now');
  await expect(line(ana, 'Bo')).toContainText('Co-host');

  await enter(cleo, link);
  await atTheDoor(cleo);
  await admit(bo, 'Cleo');
  await inCall(cleo);
  await everybodyMeets([ana, bo, cleo]);
  // A co-host looks after guests, and leaves the owner alone.
  await showPeople(bo);
  await expect(button(bo, 'More about Cleo')).toBeVisible();
  await expect(button(bo, 'More about Ana')).toHaveCount(0);

  await does(ana, 'Bo', 'Take co-host back');
  await isTold(bo, 'You are a guest now.');
  await expect(button(bo, 'More about Cleo')).toHaveCount(0);
  await expect(line(ana, 'Bo')).not.toContainText('Co-host');
});

test('a viewer sees and hears everybody, sends nothing, and takes part again', async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person(BO)];
  await enterAdmitted(bo, await host(ana), ana);
  await everybodyMeets([ana, bo]);

  await does(ana, 'Bo', 'Make viewer');
  await isTold(bo, 'You are a viewer now');
  await expect(tiles(ana), 'a viewer takes no space').toHaveCount(1);
  await expect(tiles(bo)).toHaveCount(1);
  await sees(bo, ana, [ana, bo]);
  await hears(bo, [ana], [ana, bo]);
  await hears(ana, [], [ana, bo]);
  await devicesAreOff(bo).catch(() => sendsNothing(bo, 'audio'));
  await sendsNothing(bo, 'video');
  const why = 'You are a viewer here: you see and hear everybody, and send nothing yourself.';
  await isBarred(bo, 'Unmute microphone', why);
  await isBarred(bo, 'Turn camera on', why);
  await expect(line(ana, 'Bo')).toContainText('Viewer');

  await does(ana, 'Bo', 'Let take part again');
  await isTold(bo, 'You are a guest now.');
  await press(bo, /^Unmute microphone/);
  await press(bo, /^Turn camera on/);
  await everybodyMeets([ana, bo]);
});

test('whoever hands the room over stays a co-host, by keyboard and on a phone', async ({ person }) => {
  const ana = await person({ ...ANA, context: { viewport: { width: 360, height: 740 } } });
  const bo = await person(BO);
  await enterAdmitted(bo, await host(ana), ana);
  await atTheDesk(ana);
  await ana.page.keyboard.press('p');
  await button(ana, 'More about Bo').focus();
  await ana.page.keyboard.press('Enter');
  const handOver = ana.page.getByRole('menuitem', { name: /^Hand the room over/ });
  await expect(async () => {
    await ana.page.keyboard.press('ArrowDown');
    await expect(handOver).toBeFocused({ timeout: 200 });
  }).toPass();
  await ana.page.keyboard.press('Enter');
  await tabAndPress(ana, /^Hand over$/);
  await isTold(bo, 'This room is yours now.');
  await isTold(ana, 'You are a co-host now');
  await expect(button(ana, 'More about Bo')).toHaveCount(0);
  await does(bo, 'Ana', 'Take co-host back');
  await isTold(ana, 'You are a participant now.');
});

test('a co-host goes on when the owner’s tab dies, and the owner comes back as the owner', async ({ person }) => {
  const [ana, bo, cleo] = [await person(ANA), await person(BO), await person(CLEO)];
  const link = await host(ana);
  await enterAdmitted(bo, link, ana);
  await does(ana, 'Bo', 'Make co-host');
  await isTold(bo, 'You are a co-host now');
  await ana.page.close();

  await enter(cleo, link);
  await atTheDoor(cleo);
  await admit(bo, 'Cleo');
  await inCall(cleo);

  ana.page = await ana.context.newPage();
  await open(ana, link);
  await useDevices(ana);
  await askToJoin(ana);
  await inCall(ana);
  await everybodyMeets([ana, bo, cleo]);
  await does(ana, 'Bo', 'Take co-host back');
  await isTold(bo, 'You are a guest now.');
});

test('what a host makes of somebody is taken back, and they are what they were', async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person(BO)];
  await enterAdmitted(bo, await host(ana), ana);
  const steps = [
    ['Make participant', 'You are a participant now.'],
    ['Make co-host', 'You are a co-host now'],
    ['Take co-host back', 'You are a participant now.'],
    ['Make viewer', 'You are a viewer now'],
    ['Let take part again', 'You are a participant now.'],
    ['Make guest', 'You are a guest now.'],
    ['Make co-host', 'You are a co-host now'],
    ['Take co-host back', 'You are a guest now.'],
  ];
  for (const [deed, told] of steps) {
    await does(ana, 'Bo', deed);
    await isTold(bo, told);
  }
  // What a viewer did not send, nobody turns on for them.
  await press(bo, /^Unmute microphone/);
  await press(bo, /^Turn camera on/);
  await everybodyMeets([ana, bo]);
});

test('nobody new comes into a locked room', async ({ person }) => {
  const [ana, bo, cleo] = [await person(ANA), await person(BO), await person(CLEO)];
  const link = await host(ana);
  await enterAdmitted(bo, link, ana);
  await showRules(ana);
  await ana.page.getByLabel('Lock the room').check();
  for (const who of [ana, bo]) {
    await expect(who.page.locator('.call-header').getByText('The room is locked')).toBeAttached();
    await expect(who.page.getByRole('status').getByText('The room is locked. Nobody new comes in.')).toBeAttached();
  }
  await open(cleo, link);
  await expect(cleo.page.getByRole('button', { name: /Ask to join|Join now/ })).toHaveCount(0);
  await expect(cleo.page.getByText(/locked/).first()).toBeVisible();

  await ana.page.getByLabel('Lock the room').uncheck();
  await expect(bo.page.locator('.call-header').getByText('The room is locked')).toHaveCount(0);
  await enter(cleo, link);
  await atTheDoor(cleo);
});

test('the rules say who shares and who writes, and every host sees them change', async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person(BO)];
  await enterAdmitted(bo, await host(ana), ana);
  await showRules(ana);
  await ana.page.getByLabel('Who may share a screen').selectOption('Hosts');
  await isBarred(bo, 'Share your screen', 'Only hosts share a screen in this room.');
  await ana.page.getByLabel('Who may write in the chat').selectOption('Hosts');
  await press(bo, /^Chat/);
  await expect(bo.page.getByText('Only hosts write in this chat. You can read along.')).toBeVisible();
  await expect(bo.page.getByLabel('Message to everybody')).toHaveCount(0);
  await expect(ana.page.getByRole('link', { name: 'Room settings' })).toHaveAttribute('href', /\/r\/[a-z-]+\/settings$/);

  await does(ana, 'Bo', 'Make co-host');
  await expect(bo.page.getByLabel('Message to everybody')).toBeVisible();
  await say(bo, 'I may write now');
  await showRules(bo);
  await expect(bo.page.getByLabel('Who may share a screen')).toHaveValue('2');
  await showRules(ana);
  await ana.page.getByLabel('Who may share a screen').selectOption('Everybody');
  await expect(bo.page.getByLabel('Who may share a screen')).toHaveValue('0');
});

test('a banned guest is out, and stays out', async ({ person }) => {
  const [ana, bo, cleo] = [await person(ANA), await person(BO), await person(CLEO)];
  const link = await host(ana);
  await enterAdmitted(bo, link, ana);
  await everybodyMeets([ana, bo]);
  await doesSurely(ana, 'Bo', /^Ban/, 'Ban');
  await expect(bo.page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(button(bo, /^Leave the call/)).toHaveCount(0);
  await devicesAreOff(bo);
  await expect(tiles(ana)).toHaveCount(1);
  bo.mayFail(/403/);
  await bo.page.goto(link);
  await expect(bo.page.getByRole('button', { name: /Ask to join|Join now/ })).toHaveCount(0);

  // Somebody at the door can be kept out as well, without being let in for it.
  await enter(cleo, link);
  await atTheDoor(cleo);
  await doesSurely(ana, 'Cleo', /^Ban/, 'Ban');
  await expect(cleo.page.getByRole('heading', { name: 'You are in the waiting room' })).toHaveCount(0);
  await expect(ana.page.getByText('wants to join')).toHaveCount(0);
});

test('a banned guest whom a host lets back in knocks again, and comes in', async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person(BO)];
  const link = await host(ana);
  await enterAdmitted(bo, link, ana);
  await doesSurely(ana, 'Bo', /^Ban/, 'Ban');
  await reads(bo, 'You cannot come into this room');
  bo.mayFail(/403/);
  await bo.page.goto(link);
  await reads(bo, 'You cannot come into this room');

  const desk = { ...ana, page: await ana.context.newPage() };
  await settings(desk, link);
  await expect(card(desk, 'People').getByRole('heading', { name: 'Banned' })).toBeVisible();
  await press(desk, 'Let Bo back in');
  await expect(button(desk, 'Let Bo back in')).toHaveCount(0);
  await expect(card(desk, 'People').getByRole('heading', { name: 'Banned' })).toHaveCount(0);
  await hasFocus(desk.page.getByRole('heading', { name: 'People' }));
  await desk.page.close();

  await enterAdmitted(bo, link, ana);
  await everybodyMeets([ana, bo]);
});

test('a host needs no mouse, and the focus comes back', async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person(BO)];
  await enterAdmitted(bo, await host(ana), ana);
  await everybodyMeets([ana, bo]);
  await atTheDesk(ana);
  await ana.page.keyboard.press('p');
  await hasFocus(ana.page.getByRole('heading', { name: 'People' }));
  await button(ana, 'More about Bo').focus();
  await ana.page.keyboard.press('Enter');
  const item = (name) => ana.page.getByRole('menuitem', { name });
  await hasFocus(item('Mute microphone'));
  await ana.page.keyboard.press('ArrowDown');
  await hasFocus(item('Turn camera off'));
  await ana.page.keyboard.press('End');
  await hasFocus(item(/^Ban/));
  await ana.page.keyboard.press('ArrowDown');
  await hasFocus(item('Mute microphone'));
  // A letter in a menu is no shortcut.
  await ana.page.keyboard.press('m');
  await hears(bo, [ana], [ana, bo]);
  await ana.page.keyboard.press('Escape');
  await hasFocus(button(ana, 'More about Bo'));
  await expect(ana.page.getByRole('heading', { name: 'People' })).toBeVisible();

  await ana.page.keyboard.press('Enter');
  await ana.page.keyboard.press('ArrowUp');
  await ana.page.keyboard.press('ArrowUp');
  await ana.page.keyboard.press('Enter');
  const dialog = ana.page.getByRole('dialog', { name: 'Remove Bo?' });
  await hasFocus(dialog.getByRole('button', { name: 'Cancel' }));
  await ana.page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await hasFocus(button(ana, 'More about Bo'));

  await ana.page.keyboard.press('Enter');
  await ana.page.keyboard.press('Enter');
  await hears(ana, [], [ana, bo]);
  await hasFocus(button(ana, 'More about Bo'));
  await ana.page.keyboard.press('r');
  await hasFocus(ana.page.getByRole('heading', { name: 'Room', exact: true }));
});

const LOOKS = {
  'dark, on a desk': { colorScheme: 'dark', viewport: { width: 1440, height: 900 } },
  'light, on a phone': { colorScheme: 'light', viewport: { width: 360, height: 740 } },
};

/** It can be used by everybody, and nothing of it sticks out of the screen. */
async function isSound(who, state) {
  await isAccessible(who, state);
  await fits(who);
  for (const role of ['menu', 'dialog', 'banner', 'toolbar', 'complementary']) {
    for (const part of await who.page.getByRole(role).filter({ visible: true }).all()) {
      const { x, width } = await part.boundingBox();
      const beyond = Math.max(-x, x + width - who.page.viewportSize().width);
      expect(beyond, `how far a ${role} sticks out: ${state}`).toBeLessThanOrEqual(0.5);
    }
  }
}

for (const [look, context] of Object.entries(LOOKS)) {
  test(`the host’s controls are accessible and fit: ${look}`, async ({ person }) => {
    const [ana, bo, cleo] = [
      await person({ ...ANA, context }),
      await person({ ...BO, context }),
      await person({ ...CLEO, context }),
    ];
    const link = await host(ana);
    await enterAdmitted(bo, link, ana);
    await enter(cleo, link);
    await atTheDoor(cleo);
    await showPeople(ana);
    await isSound(ana, 'people and somebody at the door');
    await openMenu(ana, 'Bo');
    await isSound(ana, 'the menu of a person');
    await ana.page.keyboard.press('Escape');
    await does(ana, 'Bo', /^Ban/);
    await isSound(ana, 'the question before a ban');
    await press(ana, 'Cancel');
    await does(ana, 'Bo', 'Make viewer');
    await isTold(bo, 'You are a viewer now');
    await isSound(bo, 'a viewer');
    await showRules(ana);
    await ana.page.getByLabel('Lock the room').check();
    await ana.page.getByLabel('Who may write in the chat').selectOption('Hosts');
    await isSound(ana, 'the rules of a locked room');
    await press(bo, /^Chat/);
    await isSound(bo, 'a chat to read');
  });
}

/** Keeps what the page tells its senders to give up first, by the kind of what they send. */
function noteWishes() {
  const wishes = (window.wishes = []);
  const plain = RTCRtpSender.prototype.setParameters;
  RTCRtpSender.prototype.setParameters = function (parameters, ...rest) {
    wishes.push(`${this.track?.kind} ${parameters.degradationPreference}`);
    return plain.call(this, parameters, ...rest);
  };
}

test('whether pictures stay sharp or fluent on a bad network is the room’s rule, at once and for all', async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person(BO)];
  for (const { context } of [ana, bo]) await context.addInitScript(noteWishes);
  const link = await host(ana, { open: true });
  await enter(bo, link);
  await inCall(bo);
  const last = (who) => who.page.evaluate(() => window.wishes.filter((wish) => wish.startsWith('video')).at(-1));
  for (const who of [ana, bo]) await expect.poll(() => last(who)).toBe('video balanced');
  await rule(ana, link, { favour: 'quality' });
  for (const who of [ana, bo]) await expect.poll(() => last(who)).toBe('video maintain-resolution');
  await rule(ana, link, { favour: 'continuity' });
  for (const who of [ana, bo]) await expect.poll(() => last(who)).toBe('video balanced');
  await everybodyMeets([ana, bo]);
});
