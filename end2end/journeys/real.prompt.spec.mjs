// The browser's own refusal: nobody answers its prompt in a headless browser, which it takes for a no.

import { askToJoin, button, inCall, makeRoom, press } from '../support/room.mjs';
import { ANA, expect, test } from '../support/test.mjs';

test('a prompt that is refused leads to a sentence and a way in', async ({ person }) => {
  const ana = await person({ ...ANA, real: true });
  await makeRoom(ana);
  await press(ana, 'Use camera and microphone');
  await expect(ana.page.getByText('does not allow the camera').first()).toBeVisible();
  await expect(ana.page.getByText('does not allow the microphone').first()).toBeVisible();
  await askToJoin(ana);
  await inCall(ana);
});

test('a permission that is given later is used on the next try', async ({ person }) => {
  const ana = await person({ ...ANA, real: true });
  await makeRoom(ana);
  await press(ana, 'Use camera and microphone');
  await expect(ana.page.getByText('does not allow the camera').first()).toBeVisible();
  await ana.context.grantPermissions(['camera', 'microphone']);
  await press(ana, 'Try the camera again');
  await expect(ana.page.getByLabel('Your picture, as you see it in a mirror')).toBeVisible();
});

test('a microphone that is allowed works beside a camera that is not', async ({ person }) => {
  const ana = await person({ ...ANA, real: true });
  await ana.context.grantPermissions(['microphone']);
  await makeRoom(ana);
  await press(ana, 'Use camera and microphone');
  await expect(ana.page.getByText('does not allow the camera').first()).toBeVisible();
  await expect(button(ana, /^Mute microphone/)).toBeVisible();
  await expect(ana.page.getByText('does not allow the microphone')).toHaveCount(0);
});
