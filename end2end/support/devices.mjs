// The browser's edge with a person in front of it: a camera that shows their colour, a microphone that hums their tone.
//
//   getUserMedia     solid colour with a bright mark that wanders along the lower edge; a sine of `tone` Hz
//   busy             noise along the upper edge, which costs an encoder what real pictures do
//   getDisplayMedia  checkers of the colour and black
//   real             leaves the browser's own devices in place, for tests of its prompts
//   mood             'willing' · 'denied' · 'missing' · 'busy': what asking for a camera or microphone leads to
//   permissions      'denied' for what is denied, so that a page can see which of a refused pair it was
//   loose            camera and microphone hang on a cable that `window.__unplug(kind)` pulls out
//
// `install` runs inside every page before its own scripts, so it may use nothing from this module.
// It also keeps every RTCPeerConnection in `window.__peers`, where `senses.mjs` reads the traffic, and every track it
// ever gave out in `window.__tracks`, so that a journey can see whether the camera's light would be off.

/**
 * Puts the devices into a page. Serialised and run by `context.addInitScript`.
 * @param {{ colour: string, tone: number, width: number, height: number, rate: number,
 *           camera: string, microphone: string, screen: string, loose: boolean, busy: boolean, real: boolean }} person
 */
export function install(person) {
  // A page of the browser's own, or one without a secure context, has no devices at all.
  if (!navigator.mediaDevices || person.real) return;

  const Peer = window.RTCPeerConnection;
  window.__peers = [];
  window.__tracks = [];
  window.RTCPeerConnection = class RTCPeerConnection extends Peer {
    constructor(...options) {
      super(...options);
      window.__peers.push(this);
    }
  };

  const devices = [
    { kind: 'videoinput', deviceId: 'camera-1', groupId: 'desk', label: `${person.colour} camera` },
    { kind: 'videoinput', deviceId: 'camera-2', groupId: 'lid', label: `${person.colour} camera, second` },
    { kind: 'audioinput', deviceId: 'microphone-1', groupId: 'desk', label: `${person.tone} Hz microphone` },
    { kind: 'audioinput', deviceId: 'microphone-2', groupId: 'lid', label: `${person.tone} Hz microphone, second` },
    { kind: 'audiooutput', deviceId: 'default', groupId: 'desk', label: 'Desk speaker' },
  ];
  const refusals = {
    denied: ['NotAllowedError', 'Permission denied'],
    missing: ['NotFoundError', 'Requested device not found'],
    busy: ['NotReadableError', 'Could not start the device'],
  };
  let named = false;
  let sound;

  const refuse = (mood) => {
    const [name, message] = refusals[mood];
    throw new DOMException(message, name);
  };

  /** Gives a made-up track the face of a device's. */
  const dress = (track, device) => {
    const settings = track.getSettings.bind(track);
    track.getSettings = () => ({ ...settings(), deviceId: device.deviceId, groupId: device.groupId });
    track.applyConstraints = async () => undefined;
    Object.defineProperty(track, 'label', { value: device.label });
    window.__tracks.push(track);
    return track;
  };

  /** A canvas that paints itself until its track is stopped. */
  const painted = (paint) => {
    const canvas = Object.assign(document.createElement('canvas'), { width: person.width, height: person.height });
    const context = canvas.getContext('2d', { alpha: false });
    let frame = 0;
    const draw = () => paint(context, (frame += 1));
    draw();
    const track = canvas.captureStream(person.rate).getVideoTracks()[0];
    const timer = setInterval(() => (track.readyState === 'live' ? draw() : clearInterval(timer)), 1000 / person.rate);
    return track;
  };

  const camera = () =>
    painted((context, frame) => {
      const { width, height } = person;
      const mark = height / 8;
      context.fillStyle = person.colour;
      context.fillRect(0, 0, width, height);
      context.fillStyle = 'white';
      context.fillRect(((frame * mark) / 4) % (width - mark), height - mark, mark, mark);
      const grain = 8;
      for (let x = 0; person.busy && x < width; x += grain) {
        for (let y = 0; y + grain < height / 5; y += grain) {
          context.fillStyle = `hsl(${Math.random()}turn 50% ${Math.round(100 * Math.random())}%)`;
          context.fillRect(x, y, grain, grain);
        }
      }
    });

  const screen = () =>
    painted((context, frame) => {
      const side = person.width / 8;
      for (let x = 0; x * side < person.width; x += 1) {
        for (let y = 0; y * side < person.height; y += 1) {
          context.fillStyle = (x + y + Math.floor(frame / person.rate)) % 2 ? person.colour : 'black';
          context.fillRect(x * side, y * side, side, side);
        }
      }
    });

  const microphone = () => {
    sound ??= new AudioContext();
    void sound.resume();
    const [oscillator, volume] = [sound.createOscillator(), sound.createGain()];
    const out = sound.createMediaStreamDestination();
    oscillator.frequency.value = person.tone;
    volume.gain.value = 0.5;
    oscillator.connect(volume).connect(out);
    oscillator.start();
    return out.stream.getAudioTracks()[0];
  };

  const cables = [];

  /**
   * Leads a track over a connection of its own. What comes out ends for good, and says so, when the connection is
   * closed: the one way to end a track from outside that every browser knows.
   */
  const cable = async (track) => {
    const [here, there] = [new Peer(), new Peer()];
    here.onicecandidate = ({ candidate }) => there.addIceCandidate(candidate);
    there.onicecandidate = ({ candidate }) => here.addIceCandidate(candidate);
    const arrived = new Promise((resolve) => (there.ontrack = (event) => resolve(event.track)));
    here.addTrack(track);
    await here.setLocalDescription();
    await there.setRemoteDescription(here.localDescription);
    await there.setLocalDescription();
    await here.setRemoteDescription(there.localDescription);
    const pull = () => {
      there.close();
      here.close();
      track.stop();
    };
    cables.push({ kind: track.kind, pull });
    return arrived;
  };

  /** Pulls out whatever is in use of one kind. */
  window.__unplug = (kind) => {
    for (const cable of cables.filter((cable) => cable.kind === kind)) cable.pull();
    navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
  };

  const pick = (kind, wish) => {
    const wanted = typeof wish === 'object' ? (wish.deviceId?.exact ?? wish.deviceId?.ideal ?? wish.deviceId) : undefined;
    return devices.find((device) => device.kind === kind && [].concat(wanted ?? device.deviceId).includes(device.deviceId))
      ?? devices.find((device) => device.kind === kind);
  };

  navigator.mediaDevices.getUserMedia = async ({ video, audio } = {}) => {
    if (!video && !audio) throw new TypeError('At least one of audio and video must be requested');
    if (video && person.camera !== 'willing') refuse(person.camera);
    if (audio && person.microphone !== 'willing') refuse(person.microphone);
    named = true;
    const plugged = person.loose ? cable : (track) => track;
    const tracks = [];
    if (audio) tracks.push(dress(await plugged(microphone()), pick('audioinput', audio)));
    if (video) tracks.push(dress(await plugged(camera()), pick('videoinput', video)));
    return new MediaStream(tracks);
  };
  const ask = navigator.permissions.query.bind(navigator.permissions);
  navigator.permissions.query = async (wish) => {
    const mood = person[wish.name];
    if (mood === undefined) return ask(wish);
    return { name: wish.name, state: mood === 'denied' ? 'denied' : named ? 'granted' : 'prompt' };
  };
  navigator.mediaDevices.getDisplayMedia = async () => {
    if (person.screen !== 'willing') refuse(person.screen);
    return new MediaStream([dress(screen(), { deviceId: 'screen-1', groupId: 'screen', label: 'Whole screen' })]);
  };
  navigator.mediaDevices.enumerateDevices = async () =>
    devices
      .filter(({ kind }) => !(kind === 'videoinput' && person.camera === 'missing'))
      .filter(({ kind }) => !(kind === 'audioinput' && person.microphone === 'missing'))
      .map((device) => {
        // As in a real browser, a page that was never allowed in sees that devices exist but not which.
        const shown = named ? device : { kind: device.kind, deviceId: '', groupId: '', label: '' };
        const fields = { ...shown, toJSON: () => shown };
        const described = Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, { value }]));
        return Object.create(MediaDeviceInfo.prototype, described);
      });
}
