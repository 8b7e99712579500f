// People whose cameras come in another codec than VP8: because their operator wants it, or their page does.

import { ownServer } from '../support/own-server.mjs';
import { enterAdmitted, everybodyMeets, hears, host, sees, tile } from '../support/room.mjs';
import { ANA, BO, CLEO, expect, test } from '../support/test.mjs';

/** The same with a server of its own, that asks for cameras in this codec. */
const serverOf = (codec) =>
  test.extend({
    server: async ({}, use) => {
      const server = await ownServer(async () => ['--camera-codec', codec]);
      await use(server);
      await server.close();
    },
    // People go before their server does, or their pages complain that it is gone.
    baseURL: async ({ server }, use) => use(server.site),
  });

/** Has a page know VP8 alone, as a browser would that has nothing else. */
function knowVp8Alone() {
  const choose = RTCRtpTransceiver.prototype.setCodecPreferences;
  RTCRtpTransceiver.prototype.setCodecPreferences = function chooseVp8(codecs) {
    return choose.call(this, codecs.filter(({ mimeType }) => !/AV1|VP9|H264/.test(mimeType)));
  };
}

/** Has a page send its pictures in VP9, as a program would. */
function sendInVp9() {
  const choose = RTCRtpTransceiver.prototype.setCodecPreferences;
  RTCRtpTransceiver.prototype.setCodecPreferences = function sendVp9(codecs) {
    const isSender = this.direction === 'sendonly' && codecs.some(({ mimeType }) => mimeType === 'video/VP8');
    const all = RTCRtpReceiver.getCapabilities('video').codecs;
    const isWanted = ({ mimeType, sdpFmtpLine }) =>
      mimeType === 'video/rtx' || (mimeType === 'video/VP9' && sdpFmtpLine === 'profile-id=0');
    return choose.call(this, isSender ? all.filter(isWanted) : codecs);
  };
}

/** The codecs of the pictures that a page sends (`outbound-rtp`) or decodes (`inbound-rtp`) now. */
function codecs(who, type) {
  return who.page.evaluate(async (wanted) => {
    const found = new Set();
    for (const peer of window.__peers ?? []) {
      const stats = await peer.getStats();
      for (const report of stats.values()) {
        const pictures = report.framesDecoded ?? report.framesEncoded ?? 0;
        if (report.type === wanted && report.kind === 'video' && pictures > 0) found.add(stats.get(report.codecId)?.mimeType);
      }
    }
    return [...found];
  }, type);
}

/** The lines of the largest picture that a page decodes. */
function largest(who) {
  return who.page.evaluate(async () => {
    let lines = 0;
    for (const peer of window.__peers ?? []) {
      for (const report of (await peer.getStats()).values()) {
        if (report.type === 'inbound-rtp' && report.kind === 'video') lines = Math.max(lines, report.frameHeight ?? 0);
      }
    }
    return lines;
  });
}

test('a camera that sends VP9 is seen as any other', async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person(BO)];
  await bo.context.addInitScript(sendInVp9);
  await enterAdmitted(bo, await host(ana), ana);
  await everybodyMeets([ana, bo]);
  expect(await codecs(bo, 'outbound-rtp')).toEqual(['video/VP9']);
  expect(await codecs(ana, 'inbound-rtp')).toEqual(['video/VP9']);
  expect(await codecs(bo, 'inbound-rtp')).toEqual(['video/VP8']);
});

serverOf('av1')('where cameras are to send AV1, people see each other in it', async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person(BO)];
  await enterAdmitted(bo, await host(ana), ana);
  await everybodyMeets([ana, bo]);
  for (const who of [ana, bo]) {
    expect(await codecs(who, 'outbound-rtp')).toEqual(['video/AV1']);
    expect(await codecs(who, 'inbound-rtp')).toEqual(['video/AV1']);
    await expect.poll(() => largest(who), 'the camera in full').toBe(360);
  }
});

serverOf('vp9')('a browser that makes small pictures of VP9 goes on with VP8', async ({ person, secondBrowser }) => {
  const [ana, bo] = [await person(ANA), await person({ ...BO, browser: secondBrowser })];
  await enterAdmitted(bo, await host(ana), ana);
  await everybodyMeets([ana, bo]);
  expect(await codecs(ana, 'outbound-rtp')).toEqual(['video/VP9']);
  expect(await codecs(bo, 'outbound-rtp')).toEqual(['video/VP8']);
  for (const who of [ana, bo]) await expect.poll(() => largest(who), 'the camera in full').toBe(360);
});

serverOf('vp9')('where cameras are to send VP9, whoever has VP8 alone is seen, and told what is missing', async ({ person }) => {
  const [ana, bo, cleo] = [await person(ANA), await person(BO), await person(CLEO)];
  const link = await host(ana);
  await enterAdmitted(bo, link, ana);
  await everybodyMeets([ana, bo]);
  expect(await codecs(ana, 'outbound-rtp')).toEqual(['video/VP9']);
  expect(await codecs(ana, 'inbound-rtp')).toEqual(['video/VP9']);

  await cleo.context.addInitScript(knowVp8Alone);
  await enterAdmitted(cleo, link, ana);
  await sees(ana, cleo, [ana, bo, cleo]);
  expect(await codecs(cleo, 'outbound-rtp')).toEqual(['video/VP8']);
  await expect(tile(cleo, 'Bo').getByText('This browser cannot show Bo’s picture.')).toBeVisible();
  await hears(cleo, [ana, bo], [ana, bo, cleo]);
});
