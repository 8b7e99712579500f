// A machine without camera and microphone, as the browser itself reports it.

import { askToJoin, inCall, makeRoom, press } from '../support/room.mjs';
import { ANA, expect, test } from '../support/test.mjs';

test('a machine without devices is told so, and joins', async ({ person }) => {
  const ana = await person({ ...ANA, real: true });
  await makeRoom(ana);
  await press(ana, 'Use camera and microphone');
  await expect(ana.page.getByRole('alert').getByText('No camera was found.')).toBeVisible();
  await expect(ana.page.getByRole('alert').getByText('No microphone was found.')).toBeVisible();
  await askToJoin(ana);
  await inCall(ana);
});
