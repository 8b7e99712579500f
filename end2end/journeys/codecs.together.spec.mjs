// People whose cameras come in another codec than our page asks for.

import { enterAdmitted, everybodyMeets, host } from '../support/room.mjs';
import { ANA, BO, expect, test } from '../support/test.mjs';

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

test('a camera that sends VP9 is seen as any other', async ({ person }) => {
  const [ana, bo] = [await person(ANA), await person(BO)];
  await bo.context.addInitScript(sendInVp9);
  await enterAdmitted(bo, await host(ana), ana);
  await everybodyMeets([ana, bo]);
  expect(await codecs(bo, 'outbound-rtp')).toEqual(['video/VP9']);
  expect(await codecs(ana, 'inbound-rtp')).toEqual(['video/VP9']);
  expect(await codecs(bo, 'inbound-rtp')).toEqual(['video/VP8']);
});
