// A network that lets no UDP pass: the call goes over TCP, and whoever is elsewhere notices nothing.

import { withoutUdp } from '../support/network.mjs';
import { enterAdmitted, everybodyMeets, host } from '../support/room.mjs';
import { ways } from '../support/senses.mjs';
import { ANA, BO, expect, test } from '../support/test.mjs';

test('behind a firewall without UDP two people see and hear each other', async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person(BO)];
  await withoutUdp(bo);
  await enterAdmitted(bo, await host(ana), ana);
  await everybodyMeets([ana, bo]);
  expect(await ways(bo.page)).toEqual(['tcp']);
  // Where UDP passes it is preferred.
  expect(await ways(ana.page)).toEqual(['udp']);
});
