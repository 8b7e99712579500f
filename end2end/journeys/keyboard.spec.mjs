// The whole way by keyboard: what has the focus is found by Tab, can be seen, and is pressed by Enter or Space.

import { alive, atTheDoor, button, devicesAreOff, duplicate, everybodyMeets, hears, inCall, reads, sees, tile, tiles } from '../support/room.mjs';
import { ANA, BO, CLEO, expect, test } from '../support/test.mjs';
import { card } from '../support/desk.mjs';
import { atTheDesk, keys, tabAndPress, tabTo, write } from '../support/keyboard.mjs';

/** Makes a room; the maker is then on its entry page. */
async function makeRoomByKeyboard(who) {
  await who.page.goto('/');
  await alive(who);
  await tabAndPress(who, /^New room/);
  await who.page.waitForURL(/\/r\//);
  return who.page.url();
}

/** From the open entry page into the call or to its door. */
async function enterByKeyboard(who) {
  await alive(who);
  await tabAndPress(who, /^Use camera and microphone/);
  await expect(who.page.getByLabel('Your picture, as you see it in a mirror')).toBeVisible();
  await tabTo(who, /^Your name/);
  await write(who, who.name);
  await keys(who, 'Enter');
}

/** Host and guest in a call. */
async function meetByKeyboard(ana, bo) {
  const link = await makeRoomByKeyboard(ana);
  await enterByKeyboard(ana);
  await inCall(ana);
  await bo.page.goto(link);
  await enterByKeyboard(bo);
  await atTheDoor(bo);
  await tabAndPress(ana, /^Admit Bo/);
  await inCall(bo);
}

test('host and guest need no mouse', async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person(BO)];
  await meetByKeyboard(ana, bo);
  await everybodyMeets([ana, bo]);

  await tabAndPress(bo, /^Mute microphone/);
  await hears(ana, [], [ana, bo]);
  await tabAndPress(bo, /^Unmute microphone/, { key: 'Space' });
  await hears(ana, [bo], [ana, bo]);
  await tabAndPress(bo, /^Turn camera off/);
  await expect(tile(ana, 'Bo').locator('video')).toBeHidden();
  await tabAndPress(bo, /^Turn camera on/);
  await sees(ana, bo, [ana, bo]);

  await tabAndPress(bo, /^Share your screen/);
  await expect(ana.page.getByRole('figure', { name: /Bo’s screen$/ })).toBeVisible();
  await tabAndPress(bo, /^Stop sharing/);
  await expect(tiles(ana)).toHaveCount(2);

  await tabAndPress(bo, /^Chat/);
  await expect(bo.page.getByLabel('Message to everybody')).toBeFocused();
  await write(bo, 'by keyboard');
  await tabAndPress(bo, /^Send/);
  await expect(bo.page.getByRole('log').getByText('by keyboard')).toBeVisible();
  await tabTo(bo, /^Messages/, { back: true });
  await tabAndPress(bo, /^Close/, { back: true });
  await expect(bo.page.getByLabel('Message to everybody')).toBeHidden();
  await expect(button(bo, /^Chat/)).toBeFocused();

  await tabAndPress(bo, /^People/);
  await expect(bo.page.getByRole('heading', { name: 'People', exact: true })).toBeFocused();
  await tabTo(bo, /^Close/);
  await keys(bo, 'Escape');
  await expect(button(bo, /^People/)).toBeFocused();

  await tabAndPress(bo, /^More/);
  await tabAndPress(bo, /^Keyboard shortcuts/);
  await expect(bo.page.getByRole('dialog')).toContainText('Keyboard shortcuts');
  await tabTo(bo, /^Close/);
  await keys(bo, 'Enter');
  await expect(bo.page.getByRole('dialog')).toBeHidden();
  await expect(button(bo, 'More')).toBeFocused();

  await tabAndPress(bo, /^Leave the call/);
  await reads(bo, 'You left the call');
  await tabAndPress(bo, /^Join again/);
  await atTheDoor(bo);
});

test('a guest comes by the code, is let in with all others, chats, reloads and goes on in another tab without a mouse', async ({ person }) => {
  test.setTimeout(150_000);
  const [ana, bo, cleo] = [await person(ANA), await person(BO), await person(CLEO)];
  const link = await makeRoomByKeyboard(ana);
  await enterByKeyboard(ana);
  await inCall(ana);
  for (const [who, typed] of [[bo, link], [cleo, new URL(link).pathname.slice(3)]]) {
    await who.page.goto('/');
    await alive(who);
    await tabTo(who, /^Code or link/);
    await write(who, typed);
    await keys(who, 'Enter');
    await who.page.waitForURL(link);
    await enterByKeyboard(who);
    await atTheDoor(who);
  }
  await tabAndPress(ana, /^People/);
  await tabAndPress(ana, /^Admit all/);
  await inCall(bo);
  await inCall(cleo);
  await everybodyMeets([ana, bo, cleo]);

  await tabAndPress(bo, /^Chat/);
  await write(bo, 'before the reload');
  await keys(bo, 'Enter');
  await expect(bo.page.getByRole('log').getByText('before the reload')).toBeVisible();
  await bo.page.reload();
  await inCall(bo);
  await everybodyMeets([ana, bo, cleo]);
  await tabAndPress(bo, /^Chat/);
  await expect(bo.page.getByRole('log').getByText('before the reload')).toBeVisible();

  const tab = await duplicate(bo);
  await inCall(tab);
  await reads(bo, 'You are in this call in another tab');
  await everybodyMeets([ana, tab, cleo]);
  await tabAndPress(tab, /^Leave the call/);
  await reads(tab, 'You left the call');
});

test('whoever comes before the host waits, tries again and moves to another tab without a mouse', async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person(BO)];
  const link = await makeRoomByKeyboard(ana);
  bo.mayFail(/ERR_FAILED|Failed to load resource|Failed to fetch/);
  const engine = /\/split_engine[^/]*\.wasm/;
  await bo.page.route(engine, (route) => route.abort());
  await bo.page.goto(link);
  await reads(bo, 'A part of the page did not arrive');
  await bo.page.unroute(engine);
  await tabAndPress(bo, /^Try again/);
  await alive(bo);
  await expect(bo.page.getByText('The host is not here yet. You can ask to join and wait.')).toBeVisible();
  await enterByKeyboard(bo);
  await atTheDoor(bo);
  await expect(bo.page.getByText('You will be let in once they arrive and say yes.')).toBeVisible();

  const tab = { ...bo, page: await bo.context.newPage() };
  await tab.page.goto(link);
  await alive(tab);
  await expect(tab.page.getByText('You are waiting in another tab of this browser.')).toBeVisible();
  await tabAndPress(tab, /^Ask to join here/);
  await enterByKeyboard(tab);
  await atTheDoor(tab);
  await tabAndPress(bo, /^Stop waiting/);
  await alive(bo);

  await enterByKeyboard(ana);
  await inCall(ana);
  await tabAndPress(ana, /^Admit Bo/);
  await inCall(tab);
  await everybodyMeets([ana, tab]);
});

/** Opens the menu about somebody and asks for their removal, which is the last thing but one in it. */
async function askToRemove(who, name) {
  await tabAndPress(who, new RegExp(`^More about ${name}`));
  await expect(who.page.getByRole('menuitem', { name: 'Mute microphone' })).toBeVisible();
  await keys(who, 'End', 'ArrowUp', 'Enter');
  await expect(who.page.getByRole('dialog', { name: `Remove ${name}?` })).toBeVisible();
}

test('a host shows people out, shows the door and ends the call without a mouse', async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person(BO)];
  await meetByKeyboard(ana, bo);

  await tabAndPress(ana, /^More/);
  await tabAndPress(ana, /^Rules of the room/);
  await expect(ana.page.getByRole('heading', { name: 'Room', exact: true })).toBeFocused();
  await keys(ana, 'Escape');
  await expect(button(ana, 'More')).toBeFocused();

  await tabAndPress(ana, /^People/, { back: true });
  await askToRemove(ana, 'Bo');
  await tabAndPress(ana, /^Cancel/);
  await expect(tiles(ana)).toHaveCount(2);
  await askToRemove(ana, 'Bo');
  await tabAndPress(ana, /^Remove$/);
  await reads(bo, 'The host removed you from the call');
  await devicesAreOff(bo);
  await keys(ana, 'Escape');

  await tabAndPress(bo, /^Ask to join again/);
  await atTheDoor(bo);
  await tabAndPress(ana, /^Deny Bo/, { back: true });
  await reads(bo, 'The host did not let you in');
  await tabAndPress(bo, /^Ask to join again/);
  await atTheDoor(bo);

  await tabAndPress(ana, /^People/);
  await tabAndPress(ana, /^Admit Bo/);
  await inCall(bo);
  await tabAndPress(ana, /^Leave the call/);
  await expect(ana.page.getByRole('dialog').getByRole('button', { name: 'Leave', exact: true })).toBeFocused();
  await tabAndPress(ana, /^End for everybody/);
  await reads(ana, 'You ended the call for everybody');
  await reads(bo, 'This call has ended');
});

test('devices are picked and problems are solved without a mouse', async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person({ ...BO, camera: 'busy' })];
  await makeRoomByKeyboard(ana);
  await alive(ana);
  await tabAndPress(ana, /^Use camera and microphone/);
  await tabAndPress(ana, /^Mute microphone/);
  await tabAndPress(ana, /^Unmute microphone/);
  await tabTo(ana, /^Microphone/);
  await keys(ana, 'ArrowDown');
  await tabTo(ana, /^Camera/);
  await keys(ana, 'ArrowDown');
  const chosen = (label) => ana.page.getByLabel(label, { exact: true }).locator('option:checked');
  await expect(chosen('Microphone')).toHaveText(`${ANA.tone} Hz microphone, second`);
  await expect(chosen('Camera')).toHaveText(`${ANA.colour} camera, second`);
  const live = () =>
    ana.page.evaluate(() => window.__tracks.filter(({ readyState }) => readyState === 'live').map(({ label }) => label).sort());
  await expect.poll(live).toEqual([`${ANA.colour} camera, second`, `${ANA.tone} Hz microphone, second`].sort());
  await tabAndPress(ana, /^Test speaker/);

  await bo.page.goto(ana.page.url());
  await alive(bo);
  await tabAndPress(bo, /^Use camera and microphone/);
  await expect(button(bo, 'Try the camera again')).toBeVisible();
  await tabAndPress(bo, /^Try the camera again/);
  await expect(button(bo, 'Join without camera')).toBeVisible();
  await tabAndPress(bo, /^Join without camera/, { back: true });
  await tabTo(bo, /^Your name/);
  await write(bo, 'Bo');
  await tabAndPress(bo, /^Ask to join/);
  await atTheDoor(bo);
  await tabAndPress(bo, /^Stop waiting/);
  await reads(bo, 'You left the call');
});

test('every control has a key of its own, and writing is none', async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person(BO)];
  await meetByKeyboard(ana, bo);
  await atTheDesk(bo);

  await keys(bo, 'm');
  await hears(ana, [], [ana, bo]);
  await bo.page.keyboard.down('Space');
  await hears(ana, [bo], [ana, bo]);
  await bo.page.keyboard.up('Space');
  await hears(ana, [], [ana, bo]);
  await keys(bo, 'm');
  await hears(ana, [bo], [ana, bo]);
  await keys(bo, 'v');
  await expect(tile(ana, 'Bo').locator('video')).toBeHidden();
  await keys(bo, 'v');
  await sees(ana, bo, [ana, bo]);
  await keys(bo, 's');
  await expect(ana.page.getByRole('figure', { name: /Bo’s screen$/ })).toBeVisible();
  await keys(bo, 's');
  await expect(tiles(ana)).toHaveCount(2);

  await keys(bo, 'c');
  await expect(bo.page.getByLabel('Message to everybody')).toBeFocused();
  await write(bo, 'me, and cameras: typing is no shortcut');
  await keys(bo, 'Enter');
  await expect(bo.page.getByRole('log').getByText('me, and cameras: typing is no shortcut')).toBeVisible();
  await hears(ana, [bo], [ana, bo]);
  await keys(bo, 'Escape');
  await expect(bo.page.getByLabel('Message to everybody')).toBeHidden();
  await keys(bo, 'p');
  await expect(bo.page.getByRole('heading', { name: 'People', exact: true })).toBeFocused();
  await keys(bo, 'p');
  await expect(bo.page.getByRole('heading', { name: 'People', exact: true })).toHaveCount(0);

  await keys(bo, '?');
  await expect(bo.page.getByRole('dialog')).toContainText('Keyboard shortcuts');
  await tabAndPress(bo, /^Use keyboard shortcuts/, { key: 'Space', back: true });
  await keys(bo, 'Escape');
  await expect(bo.page.getByRole('dialog')).toBeHidden();
  await keys(bo, 'm');
  await hears(ana, [bo], [ana, bo]);
  await tabAndPress(bo, /^More/);
  await tabAndPress(bo, /^Keyboard shortcuts/);
  await tabAndPress(bo, /^Use keyboard shortcuts/, { key: 'Space', back: true });
  await keys(bo, 'Escape');
  await expect(bo.page.getByRole('dialog')).toBeHidden();
  // The browser takes the focus out of what is hidden a moment later; until then keys are for the checkbox.
  await expect(button(bo, 'More')).toBeFocused();

  await keys(bo, 'l');
  await expect(bo.page.getByRole('dialog').getByRole('button', { name: 'Leave', exact: true })).toBeFocused();
  await keys(bo, 'Escape');
  await expect(bo.page.getByRole('dialog')).toBeHidden();
  await keys(bo, 'l', 'Enter');
  await reads(bo, 'You left the call');
});

test('a lesson is planned and an invite made and copied without a mouse', async ({ person, browserName }) => {
  const permissions = browserName === 'chromium' ? { permissions: ['clipboard-read', 'clipboard-write'] } : {};
  const ana = await person({ ...ANA, context: { timezoneId: 'Europe/Berlin', locale: 'en-US', ...permissions } });
  await ana.page.goto('/');
  await alive(ana);
  await tabTo(ana, /^Room name/);
  await write(ana, 'Cello lesson');
  await tabAndPress(ana, /^New room with more options/);
  await ana.page.waitForURL(/\/settings$/);
  await expect(ana.page.getByLabel('Room name')).toBeEnabled();

  const day = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);
  const [year, month, date] = day.split('-');
  await tabTo(ana, /^Date$/);
  await write(ana, `${month}${date}${year}`);
  await expect(ana.page.getByLabel('Date')).toHaveValue(day);
  await tabTo(ana, /^Time$/);
  await write(ana, '0430PM');
  await expect(ana.page.getByLabel('Time', { exact: true })).toHaveValue('16:30');
  await tabTo(ana, /^Repeats/);
  await keys(ana, 'ArrowDown');
  await expect(ana.page.getByLabel('Repeats').locator('option:checked')).toHaveText('Every day');
  await tabAndPress(ana, /^Save the plan/);
  await expect(card(ana, 'Plan').getByRole('status')).toHaveText('Saved');
  await expect(card(ana, 'Plan').getByText(/Next time, in your time zone: .*16:30|Next time, in your time zone: .*4:30/)).toBeVisible();

  await tabTo(ana, /^They come in as/);
  await keys(ana, 'ArrowDown');
  await tabTo(ana, /^For whom/, { back: true });
  await write(ana, 'The cellos');
  await tabAndPress(ana, /^Make an invite/);
  await expect(card(ana, 'New invite').getByRole('status')).toHaveText('The invite is ready.');
  const line = card(ana, 'Invites').getByRole('listitem').filter({ hasText: 'The cellos' });
  await expect(line).toContainText('Viewer');
  await tabAndPress(ana, /^Copy the link of The cellos/);
  await expect(line.getByText('Copied')).toBeVisible();
  if (browserName === 'chromium') {
    expect(await ana.page.evaluate(() => navigator.clipboard.readText())).toContain('?invite=');
  }
});
