// Cameras and microphones that are refused, absent or taken: a plain sentence, a way to try again, a way around.

import {
  alive,
  askToJoin,
  button,
  enterAdmitted,
  hears,
  host,
  inCall,
  leave,
  makeRoom,
  open,
  press,
  sees,
  tile,
  tiles,
  useDevices,
} from '../support/room.mjs';
import { ANA, BO, expect, test } from '../support/test.mjs';

const TOLD = {
  denied: {
    camera: 'Your browser does not allow the camera on this page.',
    microphone: 'Your browser does not allow the microphone on this page.',
  },
  missing: { camera: 'No camera was found.', microphone: 'No microphone was found.' },
  busy: {
    camera: 'Your camera is in use by another program.',
    microphone: 'Your microphone is in use by another program.',
  },
};

for (const mood of ['denied', 'missing', 'busy']) {
  test(`a ${mood} camera does not keep anybody out`, async ({ person }) => {
    const [ana, bo] = [await person(ANA), await person({ ...BO, camera: mood })];
    const link = await host(ana, { open: true });
    await open(bo, link);
    await press(bo, 'Use camera and microphone');
    await expect(bo.page.getByRole('alert').getByText(TOLD[mood].camera)).toBeVisible();
    await expect(bo.page.getByText(TOLD[mood].microphone)).toHaveCount(0);
    await press(bo, 'Join without camera');
    await askToJoin(bo);
    await inCall(bo);
    await sees(bo, ana, [ana, bo]);
    await hears(ana, [bo], [ana, bo]);
    await expect(tile(ana, 'Bo').locator('video')).toBeHidden();
  });

  test(`a ${mood} microphone does not keep anybody out`, async ({ person }) => {
    const [ana, bo] = [await person(ANA), await person({ ...BO, microphone: mood })];
    const link = await host(ana, { open: true });
    await open(bo, link);
    await press(bo, 'Use camera and microphone');
    await expect(bo.page.getByRole('alert').getByText(TOLD[mood].microphone)).toBeVisible();
    await expect(bo.page.getByText(TOLD[mood].camera)).toHaveCount(0);
    await press(bo, 'Join without microphone');
    await askToJoin(bo);
    await inCall(bo);
    await hears(bo, [ana], [ana, bo]);
    await sees(ana, bo, [ana, bo]);
    await expect(tile(ana, 'Bo')).toContainText('Microphone is off');
  });
}

test('whoever joins without any device sees and hears, and can turn both on inside', async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person(BO)];
  const link = await host(ana, { open: true });
  await open(bo, link);
  await askToJoin(bo);
  await inCall(bo);
  await sees(bo, ana, [ana, bo]);
  await hears(bo, [ana], [ana, bo]);
  await press(bo, /^Unmute microphone/);
  await hears(ana, [bo], [ana, bo]);
  await press(bo, /^Turn camera on/);
  await sees(ana, bo, [ana, bo]);
});

test('the chosen camera is the one that is sent', async ({ person }) => {
  const ana = await person(ANA);
  const bo = await person(BO);
  const link = await host(ana);
  await open(bo, link);
  await useDevices(bo);
  await bo.page.getByLabel('Camera', { exact: true }).selectOption({ label: `${BO.colour} camera, second` });
  const chosen = () =>
    bo.page.evaluate(() => {
      const live = window.__tracks.filter((track) => track.readyState === 'live' && track.kind === 'video');
      return live.map((track) => track.label);
    });
  await expect.poll(chosen).toEqual([`${BO.colour} camera, second`]);
});

test('a microphone that is pulled out is told, and nobody is thrown out', async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person({ ...BO, loose: true })];
  await enterAdmitted(bo, await host(ana), ana);
  await hears(ana, [bo], [ana, bo]);
  await bo.page.evaluate(() => window.__unplug('audio'));
  await expect(bo.page.getByText('Your microphone was disconnected.').first()).toBeVisible();
  await hears(ana, [], [ana, bo]);
  await expect(tile(ana, 'Bo')).toContainText('Microphone is off');
  await sees(ana, bo, [ana, bo]);
  await press(bo, /^Unmute microphone/);
  await hears(ana, [bo], [ana, bo]);
});

test('a camera that is pulled out is told, and its place shows the name', async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person({ ...BO, loose: true })];
  await enterAdmitted(bo, await host(ana), ana);
  await sees(ana, bo, [ana, bo]);
  await bo.page.evaluate(() => window.__unplug('video'));
  await expect(bo.page.getByText('Your camera was disconnected.').first()).toBeVisible();
  await expect(tile(ana, 'Bo').locator('video')).toBeHidden();
  await expect(tiles(ana)).toHaveCount(2);
  await hears(ana, [bo], [ana, bo]);
});

/** The loudest sample of what an element that the page played has been given. */
const loudest = ({ page }) =>
  page.evaluate(async () => {
    const ear = new AudioContext();
    const streams = window.__played.map(({ srcObject }) => srcObject).filter((stream) => stream?.getAudioTracks().length > 0);
    const samples = streams.map((stream) => {
      const analyser = new AnalyserNode(ear, { fftSize: 8192 });
      ear.createMediaStreamSource(stream).connect(analyser);
      return { analyser, data: new Float32Array(8192) };
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    samples.forEach(({ analyser, data }) => analyser.getFloatTimeDomainData(data));
    await ear.close();
    return Math.max(0, ...samples.flatMap(({ data }) => [...data]));
  });

test('one sees what the microphone hears and who speaks, hears the speaker, and types the name once', async ({ person }) => {
  const ana = await person(ANA);
  await ana.context.addInitScript(() => {
    const { play } = HTMLMediaElement.prototype;
    window.__played = [];
    HTMLMediaElement.prototype.play = function () {
      window.__played.push(this);
      return play.call(this);
    };
  });
  const link = await makeRoom(ana, { open: true });
  await useDevices(ana);
  const level = async () => Number(await ana.page.getByRole('meter').getAttribute('aria-valuenow'));
  await expect.poll(level, 'the microphone hums').toBeGreaterThan(10);
  await press(ana, /^Mute microphone/);
  await expect.poll(level, 'the microphone is off').toBe(0);
  await press(ana, /^Unmute microphone/);
  await press(ana, 'Test speaker');
  await expect.poll(() => loudest(ana), 'the speaker sounds').toBeGreaterThan(0.01);
  await askToJoin(ana);
  await inCall(ana);
  await expect(ana.page.getByRole('link', { name: new URL(link).pathname })).toBeVisible();

  const bo = await person(BO);
  await open(bo, link);
  await useDevices(bo);
  await askToJoin(bo);
  await inCall(bo);
  const speaks = /tile--speaking/;
  await expect(tile(ana, 'Bo')).toHaveClass(speaks);
  await press(bo, /^Mute microphone/);
  await expect(tile(ana, 'Bo')).not.toHaveClass(speaks);
  await leave(bo);
  await bo.page.goto(await bo.page.evaluate(() => location.href));
  await alive(bo);
  await expect(bo.page.getByLabel('Your name')).toHaveValue('Bo');
  await expect(button(bo, 'Join now')).toBeVisible();
});
