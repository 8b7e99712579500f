// What a person costs the server: memory and time, as a room fills.

import { slope } from './figures.mjs';
import { PEOPLE, memory, test, watched } from './measure.mjs';
import { enter, everybodyMeets, host, inCall, leave, reads, tiles } from '../support/room.mjs';
import { ANA, BO, expect } from '../support/test.mjs';
import { traffic } from '../support/senses.mjs';

/** Small and slow pictures, so that the browsers leave the server some of the machine. */
const SMALL = { width: 192, height: 108, rate: 3 };

test('a room fills and empties', async ({ person, server, figures }) => {
  const idle = { ready_ms: server.ready_ms, ...(await watched(server, [])) };
  const [people, steps] = [[], []];
  let link;
  for (let number = 1; number <= PEOPLE; number += 1) {
    const someone = await person({ name: `Guest ${number}`, colour: '#d02020', tone: 300 + 90 * number, ...SMALL });
    if (link) await enter(someone, link);
    else link = await host(someone, { open: true });
    await inCall(someone);
    people.push(someone);
    await expect(tiles(someone)).toHaveCount(number);
    if (number > 1) await expect.poll(async () => (await traffic(someone.page)).video.decoded).toBeGreaterThan(0);
    steps.push({ people: number, ...(await watched(server, people)) });
  }
  for (const someone of people.slice(1)) {
    await leave(someone);
    await reads(someone, 'You left the call');
    await someone.context.close();
  }
  await expect(tiles(people[0])).toHaveCount(1);
  const grown = (of) => slope(steps.map((step) => ({ x: step.people, y: of(step) })));
  await figures('crowd', {
    idle,
    steps,
    each: { rss_bytes: grown(({ rss_bytes }) => rss_bytes), cpu_percent: grown(({ cpu_percent }) => cpu_percent) },
    all_left_but_one: memory(server.pid),
  });
});

test('two people talk', async ({ person, server, figures }) => {
  const [ana, bo] = [await person(ANA), await person(BO)];
  await enter(bo, await host(ana, { open: true }));
  await everybodyMeets([ana, bo]);
  await figures('two', await watched(server, [ana, bo]));
});
