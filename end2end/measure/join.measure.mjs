// How long a visitor waits: for a page that answers, and from the click on Join to the first picture.

import { spread } from './figures.mjs';
import { RUNS, test } from './measure.mjs';
import { mark, moments } from './moments.mjs';
import { askToJoin, host, leave, open, reads, sees, tiles, useDevices } from '../support/room.mjs';
import { ANA, BO, expect } from '../support/test.mjs';

test('a guest opens the link and joins, again and again', async ({ person, figures }) => {
  const ana = await person(ANA);
  const link = await host(ana, { open: true });
  const visits = [];
  for (let run = 0; run < RUNS; run += 1) visits.push(await visit(await person(BO), link, ana));
  const over = (of) => spread(visits.map(of));
  await figures('join', {
    first_visit_painted_ms: over(({ first }) => first.painted),
    first_visit_alive_ms: over(({ first }) => first.alive),
    next_visit_alive_ms: over(({ next }) => next.alive),
    click_to_answer_ms: over(({ call }) => call.answered - call.click),
    click_to_connected_ms: over(({ call }) => call.connected - call.click),
    click_to_picture_ms: over(({ call }) => call.picture - call.click),
  });
});

/** One guest in a browser that has never been here: first visit, next visit, call. */
async function visit(guest, link, ana) {
  await guest.context.addInitScript(mark, ana.name);
  await open(guest, link);
  await guest.page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length > 0);
  const first = await moments(guest.page);

  // From elsewhere: to come from the same page would be a reload.
  await guest.page.goto('about:blank');
  await open(guest, link);
  const next = await moments(guest.page);

  await useDevices(guest);
  await askToJoin(guest);
  await guest.page.waitForFunction(() => window.__moments.picture !== undefined);
  const call = await moments(guest.page);
  for (const name of ['click', 'answered', 'connected', 'picture']) expect(call[name], name).toBeGreaterThan(0);
  // It was that person's picture, and no empty frame.
  await sees(guest, ana, [ana, guest]);

  await leave(guest);
  await reads(guest, 'You left the call');
  await guest.context.close();
  await expect(tiles(ana)).toHaveCount(1);
  return { first, next, call };
}
