// Proves the instruments before anything is measured with them: on a page with two connections to each other,
// colours and tones arrive, other people's do not, and what is stopped is gone.

import { ANA, BO, CLEO, expect, test } from './test.mjs';
import { heard, seen, shows, traffic, whoIsHeard, whoIsSeen } from './senses.mjs';

const PEOPLE = [ANA, BO, CLEO];

/** A page that sends its own devices through two connections and shows what comes out. */
const LOOPBACK = `<!doctype html><title>Loopback</title>
<button>Start</button><video id="remote" autoplay playsinline muted></video><audio id="voice" autoplay></audio>
<script type="module">
  const connect = async () => {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
    const [here, there] = [new RTCPeerConnection(), new RTCPeerConnection()];
    here.onicecandidate = ({ candidate }) => there.addIceCandidate(candidate);
    there.onicecandidate = ({ candidate }) => here.addIceCandidate(candidate);
    there.ontrack = ({ track }) => {
      const element = document.querySelector(track.kind === 'video' ? '#remote' : '#voice');
      element.srcObject = new MediaStream([track]);
    };
    window.senders = Object.fromEntries(stream.getTracks().map((track) => [track.kind, here.addTrack(track, stream)]));
    await here.setLocalDescription();
    await there.setRemoteDescription(here.localDescription);
    await there.setLocalDescription();
    await here.setRemoteDescription(there.localDescription);
  };
  document.querySelector('button').onclick = connect;
</script>`;

async function loopback(person, options) {
  const someone = await person(options);
  await someone.context.route('**/loopback', (route) => route.fulfill({ contentType: 'text/html', body: LOOPBACK }));
  await someone.page.goto('/loopback');
  return someone;
}

test('a colour and a tone are told from others, and silence from sound', async ({ person }) => {
  const { page } = await loopback(person, BO);
  const remote = page.locator('#remote');
  expect(await seen(remote)).toBeNull();
  expect(await heard(page)).toEqual([]);

  await page.getByRole('button', { name: 'Start' }).click();
  await expect.poll(() => whoIsSeen(remote, PEOPLE)).toBe('Bo');
  expect(await shows(remote, CLEO.colour)).toBe(false);
  await expect.poll(() => whoIsHeard(page, PEOPLE)).toEqual(['Bo']);
  expect((await heard(page))[0]).toBeGreaterThan(BO.tone - 10);
  expect((await heard(page))[0]).toBeLessThan(BO.tone + 10);

  const { mark } = await seen(remote);
  await expect.poll(async () => (await seen(remote)).mark, 'the picture moves').not.toBe(mark);
});

test('a sender without a track sends nothing, and the tone is gone', async ({ person }) => {
  const { page } = await loopback(person, ANA);
  await page.getByRole('button', { name: 'Start' }).click();
  await expect.poll(() => whoIsHeard(page, PEOPLE)).toEqual(['Ana']);
  await expect.poll(async () => (await traffic(page)).video.decoded).toBeGreaterThan(0);

  await page.evaluate(() => Promise.all(Object.values(window.senders).map((sender) => sender.replaceTrack(null))));
  await expect.poll(() => heard(page)).toEqual([]);
  await expect.poll(async () => {
    const before = await traffic(page);
    await heard(page);
    const after = await traffic(page);
    return [after.audio.sent - before.audio.sent, after.video.sent - before.video.sent];
  }, 'nothing was sent for a quarter of a second').toEqual([0, 0]);
});

test('a device that is denied, missing or busy says so the way browsers do', async ({ person }) => {
  const names = { denied: 'NotAllowedError', missing: 'NotFoundError', busy: 'NotReadableError' };
  for (const [mood, name] of Object.entries(names)) {
    const { page } = await loopback(person, { ...CLEO, camera: mood });
    const asked = (wish) =>
      page.evaluate((wish) => navigator.mediaDevices.getUserMedia(wish).then(() => 'given', (error) => error.name), wish);
    expect(await asked({ video: true, audio: true })).toBe(name);
    expect(await asked({ audio: true })).toBe('given');
  }
});

test('devices are named only to a page that was allowed to use one', async ({ person }) => {
  const { page } = await loopback(person, CLEO);
  const labels = () => page.evaluate(async () => (await navigator.mediaDevices.enumerateDevices()).map(({ label }) => label));
  expect(new Set(await labels())).toEqual(new Set(['']));
  const chosen = await page.evaluate(async () => {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: { deviceId: { exact: 'microphone-2' } } });
    return stream.getTracks()[0].getSettings().deviceId;
  });
  expect(chosen).toBe('microphone-2');
  expect(await labels()).toContain('830 Hz microphone');
});
