// What a person in front of a page sees and hears, measured.
//
// Pictures are read from the very <video> that is on the page, and sound from the very streams that its <audio>
// elements play, so a journey proves who is seen and heard where, not that some counter moved.

/** How far a decoded colour may be from the painted one, as the sum over red, green and blue. */
export const COLOUR_TOLERANCE = 60;
/** How far a measured tone may be from the hummed one. */
export const TONE_TOLERANCE_HZ = 10;
/** Quieter than this is silence. A hummed tone arrives at about -10 dB. */
const SILENCE_DB = -60;

/**
 * The colour in the middle of a video and where its mark is, or null before the first picture.
 * @param {import('@playwright/test').Locator} video a <video>, or something around just one
 */
export async function seen(video) {
  return video.evaluate((found) => {
    const element = found instanceof HTMLVideoElement ? found : found.querySelector('video');
    if (!element || element.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || !element.videoWidth) return null;
    // A picture behind an avatar is seen by nobody.
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return null;
    const [width, height] = [64, 36];
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.drawImage(element, 0, 0, width, height);
    const middle = context.getImageData(width / 4, height / 4, width / 2, height / 4).data;
    const sum = [0, 0, 0];
    for (let at = 0; at < middle.length; at += 4) for (let part = 0; part < 3; part += 1) sum[part] += middle[at + part];
    const edge = context.getImageData(0, height - 2, width, 1).data;
    const light = Array.from({ length: width }, (_, x) => edge[4 * x] + edge[4 * x + 1] + edge[4 * x + 2]);
    return {
      colour: sum.map((part) => Math.round((4 * part) / middle.length)),
      mark: light.indexOf(Math.max(...light)),
      width: element.videoWidth,
      height: element.videoHeight,
    };
  });
}

/** Whether a video shows this colour now. */
export async function shows(video, colour) {
  const picture = await seen(video);
  return picture !== null && distance(picture.colour, parts(colour)) <= COLOUR_TOLERANCE;
}

/** Says which of `people` a video shows, by name; null for nobody, or a picture of nobody known. */
export async function whoIsSeen(video, people) {
  const picture = await seen(video);
  if (picture === null) return null;
  const match = people.find((person) => distance(picture.colour, parts(person.colour)) <= COLOUR_TOLERANCE);
  return match?.name ?? null;
}

/**
 * The tones that a page plays, in Hz, lowest first: the peak of every remote stream that is not silent and whose
 * <audio> element really plays. Listens for a quarter of a second.
 */
export async function heard(page) {
  const peaks = await page.evaluate(async () => {
    window.__ear ??= new AudioContext();
    // Before the first click browsers let no sound out, and then nothing is heard.
    const patience = new Promise((resolve) => setTimeout(resolve, 500));
    await Promise.race([window.__ear.resume(), patience]);
    if (window.__ear.state !== 'running') return [];
    const ears = [...document.querySelectorAll('audio')]
      .filter((element) => element.srcObject instanceof MediaStream && !element.paused && !element.muted)
      .filter((element) => element.volume > 0 && element.srcObject.getAudioTracks().length > 0)
      .map((element) => {
        const source = window.__ear.createMediaStreamSource(element.srcObject);
        const analyser = new AnalyserNode(window.__ear, { fftSize: 8192, smoothingTimeConstant: 0 });
        source.connect(analyser);
        return { source, analyser };
      });
    // The window of the analysis has to fill up with sound first; this is a measuring time, not a wait for an event.
    await new Promise((resolve) => setTimeout(resolve, 250));
    return ears.map(({ source, analyser }) => {
      const levels = new Float32Array(analyser.frequencyBinCount);
      analyser.getFloatFrequencyData(levels);
      source.disconnect();
      const width = window.__ear.sampleRate / analyser.fftSize;
      const lowest = Math.ceil(100 / width);
      let peak = lowest;
      for (let bin = lowest; bin < levels.length - 1; bin += 1) if (levels[bin] > levels[peak]) peak = bin;
      const [left, top, right] = [levels[peak - 1], levels[peak], levels[peak + 1]];
      const lean = Number.isFinite(left + right) ? (left - right) / (2 * (left - 2 * top + right)) : 0;
      return { hz: (peak + lean) * width, db: top };
    });
  });
  return peaks.filter(({ db }) => db > SILENCE_DB).map(({ hz }) => Math.round(hz)).sort((a, b) => a - b);
}

/** The names of those of `people` whose tone a page plays. A tone of nobody known appears as its number. */
export async function whoIsHeard(page, people) {
  const tones = await heard(page);
  return tones.map((hz) => people.find(({ tone }) => Math.abs(tone - hz) <= TONE_TOLERANCE_HZ)?.name ?? hz).sort();
}

/** The packets that all connections of a page have sent and received so far, by kind. */
export async function traffic(page) {
  return page.evaluate(async () => {
    const sum = { audio: { sent: 0, received: 0 }, video: { sent: 0, received: 0, decoded: 0 } };
    for (const peer of window.__peers ?? []) {
      for (const report of (await peer.getStats()).values()) {
        if (report.type === 'outbound-rtp') sum[report.kind].sent += report.packetsSent ?? 0;
        if (report.type === 'inbound-rtp') {
          sum[report.kind].received += report.packetsReceived ?? 0;
          if (report.kind === 'video') sum.video.decoded += report.framesDecoded ?? 0;
        }
      }
    }
    return sum;
  });
}

/** What carries the media of each connection of a page: `udp` or `tcp`. */
export async function ways(page) {
  return page.evaluate(async () => {
    const ways = [];
    for (const peer of window.__peers ?? []) {
      const stats = await peer.getStats();
      const transport = [...stats.values()].find((report) => report.type === 'transport');
      const pair = stats.get(transport?.selectedCandidatePairId);
      if (pair) ways.push(stats.get(pair.remoteCandidateId).protocol);
    }
    return ways;
  });
}

/** Red, green and blue of `#rrggbb`. */
export function parts(colour) {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
}

function distance(one, other) {
  return one.reduce((sum, part, at) => sum + Math.abs(part - other[at]), 0);
}
