// People without a page of ours: a real connection and a small camera, and no interface to draw. Twenty of them fit on
// a machine that three whole pages keep busy.

import { expect } from './test.mjs';

/** What a member of the crowd sends: enough to be told apart, and little to encode. */
const TINY = { width: 128, height: 72, rate: 2 };

/** Brings somebody into an open room. They send their camera, and are silent until they `speak`. */
export async function comeIn(person, link, someone) {
  const who = await person({ ...someone, ...TINY });
  who.mayFail(/favicon\.ico/);
  // Any page of the same origin will do, as long as it has no program that joins by itself.
  await who.page.goto('/healthz');
  await who.page.mouse.click(1, 1);
  const room = new URL(link).pathname.slice('/r/'.length);
  const outcome = await who.page.evaluate(join, { room, name: who.name });
  expect(outcome, `${who.name} comes in`).toBe('joined');
  return who;
}

/** Hums from now on. */
export async function speak(who) {
  await who.page.evaluate(async () => {
    const { microphone } = window.__seat;
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    await microphone.replaceTrack(stream.getAudioTracks()[0]);
    window.__seat.publish({ microphone: true, camera: true, screen: false });
  });
}

/** Joins as the protocol says (`docs/PROTOCOL.md`). Runs inside the page, so it may use nothing from this module. */
async function join({ room, name }) {
  const peer = new RTCPeerConnection();
  const camera = await navigator.mediaDevices.getUserMedia({ video: true });
  const voice = peer.addTransceiver('audio', { direction: 'sendonly' });
  const picture = peer.addTransceiver(camera.getVideoTracks()[0], { direction: 'sendonly' });
  await peer.setLocalDescription();
  const key = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0'));
  const lines = [
    { mid: voice.mid, source: 'microphone' },
    { mid: picture.mid, source: 'camera' },
  ];
  const publishing = { microphone: false, camera: true, screen: false };
  const request = { seat: { room, key: key.join('') }, name, offer: peer.localDescription.sdp, lines, publishing };
  const answer = await fetch('/api/rooms/join', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ request }),
  });
  if (!answer.ok) return `${answer.status} ${await answer.text()}`;
  const { joined } = await answer.json();
  if (!joined) return 'not joined';
  await peer.setRemoteDescription({ type: 'answer', sdp: joined.answer });
  const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/signal?ticket=${joined.ticket}`);
  await new Promise((resolve, reject) => Object.assign(socket, { onopen: resolve, onerror: reject }));
  const say = (message) => socket.send(JSON.stringify(message));
  const publish = (what) => say({ publish: what });
  publish(publishing);
  setInterval(() => say('ping'), 4_000);
  window.__seat = { peer, microphone: voice.sender, publish };
  return 'joined';
}
