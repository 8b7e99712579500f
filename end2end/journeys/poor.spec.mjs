// Poor networks: whoever has one hears everybody and sees what fits, and nobody else notices.

import { enterAdmitted, everybodyMeets, hears, host, press, tile } from '../support/room.mjs';
import { ANA, BO, CLEO, expect } from '../support/test.mjs';
import { journey } from '../support/wired.mjs';

/** The height of the newest picture of somebody, in pixels; 0 while it is paused. */
async function height(who, name) {
  const own = tile(who, name);
  if (await own.getByText('Paused: your connection is slow').isVisible()) return 0;
  return own.locator('video').evaluate((video) => video.videoHeight);
}

/** How many pictures of somebody were drawn within a second. */
async function drawn(who, name) {
  return tile(who, name).locator('video').evaluate(async (video) => {
    let pictures = 0;
    let goesOn = true;
    const count = () => {
      pictures += 1;
      if (goesOn) video.requestVideoFrameCallback(count);
    };
    video.requestVideoFrameCallback(count);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    goesOn = false;
    return pictures;
  });
}

/** What people send. A browser whose processor is busy may make pictures a little smaller by itself. */
const FULL = 270;

const busy = (who) => ({ ...who, busy: true });

/** Waits until all of `others` are shown in full. */
async function seesInFull(who, others, timeout) {
  for (const other of others) {
    await expect.poll(() => height(who, other.name), { message: `${who.name} sees ${other.name}`, timeout }).toBeGreaterThanOrEqual(FULL);
  }
}

journey('behind a narrow link one hears everybody and sees what fits; nobody else notices, and it heals', async ({ person, wired }) => {
  journey.setTimeout(240_000);
  const [ana, bo, cleo] = [await person(busy(ANA)), await wired(busy(BO)), await wired(busy(CLEO))];
  const link = await host(ana);
  await enterAdmitted(bo, bo.link(link), ana);
  await enterAdmitted(cleo, cleo.link(link), ana);
  const people = [ana, bo, cleo];
  await everybodyMeets(people);
  for (const who of people) await seesInFull(who, people.filter((other) => other !== who), 60_000);

  // As people do, only one of them speaks.
  await press(cleo, /^Mute microphone/);
  bo.cable.spoil({ bps: 300_000 });
  cleo.cable.spoil({ loss: 0.1 });
  const heights = async () => Math.max(await height(bo, 'Ana'), await height(bo, 'Cleo'));
  await expect.poll(heights, { message: 'Bo is shown less', timeout: 30_000 }).toBeLessThan(FULL);
  await hears(bo, [ana], people);
  await hears(cleo, [ana, bo], people);
  const some = async () => Math.max(await drawn(bo, 'Ana'), await drawn(bo, 'Cleo'));
  await expect.poll(some, { message: 'pictures that Bo sees', timeout: 30_000 }).toBeGreaterThan(2);
  await expect.poll(() => drawn(cleo, 'Ana'), { message: 'pictures that Cleo sees' }).toBeGreaterThan(2);
  // Ana's network is good, so she is shown everybody as before.
  await seesInFull(ana, [bo, cleo], 60_000);

  bo.cable.spoil();
  cleo.cable.spoil();
  await press(cleo, /^Unmute microphone/);
  await seesInFull(bo, [ana, cleo], 60_000);
  await everybodyMeets(people);
});

journey('what has no room at all is said to be paused, and comes back', async ({ person, wired }) => {
  journey.setTimeout(180_000);
  const [ana, bo] = [await person(busy(ANA)), await wired(BO)];
  await enterAdmitted(bo, bo.link(await host(ana)), ana);
  await everybodyMeets([ana, bo]);
  bo.cable.spoil({ bps: 70_000 });
  const paused = tile(bo, 'Ana').getByText('Paused: your connection is slow');
  await expect(paused).toBeVisible({ timeout: 40_000 });
  await hears(bo, [ana], [ana, bo]);
  await expect(tile(ana, 'Bo').getByText('Paused')).toBeHidden();
  bo.cable.spoil();
  await expect(paused).toBeHidden({ timeout: 20_000 });
  await everybodyMeets([ana, bo]);
});
