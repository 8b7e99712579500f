// More than two. Small pictures, so that one machine can be everybody at once.

import { enter, everybodyMeets, hears, host, inCall, leave, press, tiles } from '../support/room.mjs';
import { ANA, BO, CLEO, DAG, EVA, expect, test } from '../support/test.mjs';

const SMALL = { width: 192, height: 108, rate: 6 };

test('three, then five people see and hear each other', async ({ person }) => {
  test.setTimeout(240_000);
  const ana = await person({ ...ANA, ...SMALL });
  const link = await host(ana, { open: true });
  const inside = [ana];
  const join = async (someone) => {
    const newcomer = await person({ ...someone, ...SMALL });
    await enter(newcomer, link);
    await inCall(newcomer);
    inside.push(newcomer);
  };
  await join(BO);
  await join(CLEO);
  await everybodyMeets(inside);

  await join(DAG);
  await join(EVA);
  await everybodyMeets(inside);

  const [, bo, cleo, dag, eva] = inside;
  await press(cleo, /^Mute microphone/);
  await hears(eva, [ana, bo, dag], inside);
  await leave(bo);
  for (const who of [ana, cleo, dag, eva]) await expect(tiles(who)).toHaveCount(4);
  await hears(ana, [dag, eva], inside);
});
