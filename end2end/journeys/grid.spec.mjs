// The grid with one, two, three, five, nine and twenty people, on a phone, a tablet and a laptop.

import { comeIn, speak } from '../support/crowd.mjs';
import { host, tile, tiles } from '../support/room.mjs';
import { whoIsSeen } from '../support/senses.mjs';
import { ANA, expect, test } from '../support/test.mjs';

const SCREENS = [
  { width: 360, height: 740 },
  { width: 768, height: 1024 },
  { width: 1440, height: 900 },
];
/** The most tiles on a page of the grid: on a phone a face needs more of it. */
const room = (screen) => (screen.width < 600 ? 8 : 25);

/** Everything that stands on the screen, in CSS pixels. */
async function laidOut(who) {
  return who.page.evaluate(() => {
    const box = (element) => {
      const { left, top, right, bottom } = element.getBoundingClientRect();
      return { left, top, right, bottom };
    };
    const shown = (selector) => [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility()).map(box);
    return {
      space: box(document.querySelector('.tile-grid__space')),
      tiles: shown('.tile'),
      captions: shown('.tile__caption'),
      bars: shown('.control-bar button, .call-header__name, .tile-grid__pages'),
      overflow: document.documentElement.scrollWidth - window.innerWidth,
    };
  });
}

const apart = (one, other) =>
  one.right <= other.left + 1 || other.right <= one.left + 1 || one.bottom <= other.top + 1 || other.bottom <= one.top + 1;
const within = (inner, outer) =>
  inner.left >= outer.left - 1 && inner.top >= outer.top - 1 && inner.right <= outer.right + 1 && inner.bottom <= outer.bottom + 1;
const size = ({ left, top, right, bottom }) => ({ width: right - left, height: bottom - top });

/** What is wrong with how the tiles of `people` stand; nothing, when all is well. */
function faults({ space, tiles: places, captions, bars, overflow }, people, screen) {
  const found = [];
  const pages = Math.ceil(people / room(screen));
  // Pages are of even length, but rows are full.
  const isEven = places.length >= Math.ceil(people / pages) && places.length <= Math.min(people, room(screen));
  if (!isEven) found.push(`${places.length} tiles on the first of ${pages} pages`);
  if (overflow > 0) found.push(`${overflow} pixels wider than the screen`);
  for (const [index, place] of places.entries()) {
    const { width, height } = size(place);
    if (!within(place, space)) found.push(`tile ${index} leaves the grid`);
    if (width / height < 0.74 || width / height > 1.79) found.push(`tile ${index} has the shape ${width} × ${height}`);
    if (Math.abs(width - size(places[0]).width) > 1) found.push(`tile ${index} has another size`);
    if (!places.every((other, at) => at === index || apart(place, other))) found.push(`tile ${index} covers another`);
    if (!bars.every((bar) => apart(place, bar))) found.push(`a control covers tile ${index}`);
  }
  if (captions.length !== places.length) found.push(`${captions.length} names for ${places.length} tiles`);
  if (!captions.every((caption) => places.some((place) => within(caption, place)))) found.push('a name leaves its tile');
  // With a screen of this shape at least a third of the space is people, however many there are.
  const covered = places.reduce((sum, place) => sum + size(place).width * size(place).height, 0);
  if (covered < 0.33 * size(space).width * size(space).height) found.push('most of the space is empty');
  return found;
}

const colour = (number) => `hsl(${number * 77}deg 80% ${number % 2 ? 35 : 55}%)`;

test('twenty people stand in a grid on every screen, and whoever speaks is seen', async ({ person }, testInfo) => {
  test.setTimeout(240_000);
  const ana = await person({ ...ANA, width: 320, height: 180, rate: 3 });
  const link = await host(ana, { open: true });
  const crowd = [];
  for (const people of [1, 2, 3, 5, 9, 20]) {
    while (crowd.length < people - 1) {
      const number = crowd.length + 1;
      crowd.push(await comeIn(person, link, { name: `Guest ${number}`, colour: colour(number), tone: 300 + 20 * number }));
    }
    await expect(ana.page.locator('.tile')).toHaveCount(people);
    for (const screen of SCREENS) {
      await ana.page.setViewportSize(screen);
      await expect.poll(async () => faults(await laidOut(ana), people, screen), { message: `${people} at ${screen.width}` }).toEqual([]);
      for (const colorScheme of ['dark', 'light']) {
        await ana.page.emulateMedia({ colorScheme });
        // To be looked at, beside the other results.
        await ana.page.screenshot({ path: testInfo.outputPath(`${people}-${screen.width}-${colorScheme}.png`) });
      }
    }
  }

  // Twelve pictures at a time. Whoever is not among them is told about, and seen as soon as they speak.
  const waits = (who) => tile(ana, who.name).getByText('Shown when they speak');
  const last = crowd.at(-1);
  await expect(waits(last)).toBeVisible();
  await speak(last);
  await expect(waits(last)).toBeHidden();
  const painted = { name: last.name, colour: await last.page.evaluate(hex, last.colour) };
  await expect.poll(() => whoIsSeen(tile(ana, last.name), [painted]), { timeout: 30_000 }).toBe(last.name);
  await expect(tiles(ana)).toHaveCount(20);
});

/** A colour as `#rrggbb`; runs inside a page. */
function hex(colour) {
  const context = new OffscreenCanvas(1, 1).getContext('2d');
  context.fillStyle = colour;
  return context.fillStyle;
}
