// A network cable between one person and the server, which can be pulled out and put back.
//
//   browser ──TCP──▶ port ═══╗ cable ╔═══▶ pages and call socket
//           ──UDP──▶ port ═══╝       ╚═══▶ media
//
// A cable can also be narrow or lossy on its way to the browser; only media feel that.
//
// While the cable is out nothing passes in either direction and new connections are refused; what was sent over open
// ones waits, as TCP does it. Datagrams are lost. A page reaches the media port of the cable instead of the server's
// because `reroute` rewrites the candidates of every answer.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** Sends the media of a page by another port. Serialised and run by `context.addInitScript`, after `install`. */
function reroute({ from, to }) {
  if (!window.RTCPeerConnection) return;
  const set = window.RTCPeerConnection.prototype.setRemoteDescription;
  window.RTCPeerConnection.prototype.setRemoteDescription = function (description) {
    const { type, sdp } = description;
    return set.call(this, { type, sdp: sdp.replaceAll(` ${from} typ host`, ` ${to} typ host`) });
  };
}

/** Hides from a page that the server can be reached over UDP. Serialised and run by `context.addInitScript`. */
function forgetUdp() {
  if (!window.RTCPeerConnection) return;
  const set = window.RTCPeerConnection.prototype.setRemoteDescription;
  window.RTCPeerConnection.prototype.setRemoteDescription = function (description) {
    const { type, sdp } = description;
    return set.call(this, { type, sdp: sdp.replace(/a=candidate:\S+ \d+ udp .*\r\n/g, '') });
  };
}

/** Puts a person where no UDP passes: the server checks nobody by itself, so nobody uses what is not in its answer. */
export async function withoutUdp(who) {
  await who.context.addInitScript(forgetUdp);
}

/** The TCP half. */
async function wire(target, state) {
  const pairs = new Set();
  const server = createServer((near) => {
    if (state.out) {
      near.destroy();
      return;
    }
    const far = connect(target, '127.0.0.1');
    const pair = [near, far];
    pairs.add(pair);
    for (const [from, to] of [pair, [far, near]]) {
      from.on('data', (part) => to.write(part));
      from.on('end', () => to.end());
      from.on('error', () => undefined);
      from.on('close', () => {
        to.destroy();
        pairs.delete(pair);
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: server.address().port,
    hold: () => pairs.forEach((pair) => pair.forEach((end) => end.pause())),
    flow: () => pairs.forEach((pair) => pair.forEach((end) => end.resume())),
    close: () => {
      server.close();
      pairs.forEach((pair) => pair.forEach((end) => end.destroy()));
    },
  };
}

/** How long a datagram may wait for its turn; what would wait longer is dropped. */
const QUEUE_MS = 300;

/** What passes so many bits a second, and loses a share of them. */
function bottleneck() {
  let free = 0;
  const queue = [];
  const passage = {
    bps: Infinity,
    loss: 0,
    pass(bytes, deliver) {
      if (Math.random() < passage.loss) return;
      const now = performance.now();
      const turn = Math.max(now, free);
      if (turn - now > QUEUE_MS) return;
      free = turn + (bytes * 8_000) / passage.bps;
      queue.push({ at: free, deliver });
      if (queue.length === 1) drain();
    },
  };
  // One timer for all, so that nothing overtakes.
  const drain = () => {
    const now = performance.now();
    while (queue.length > 0 && queue[0].at <= now + 0.5) {
      const { deliver } = queue.shift();
      if (passage.loss < 1) deliver();
    }
    if (queue.length > 0) setTimeout(drain, Math.max(1, queue[0].at - performance.now()));
  };
  return passage;
}

/** The UDP half: every port of the browser gets a port of its own towards the server. */
async function air(target, state, down) {
  const near = createSocket('udp4');
  const ways = new Map();
  near.on('message', (datagram, { address, port }) => {
    if (state.out) return;
    const from = `${address}:${port}`;
    let far = ways.get(from);
    if (!far) {
      far = createSocket('udp4');
      far.on('message', (answer) => {
        if (!state.out) down.pass(answer.length + 28, () => near.send(answer, port, address));
      });
      far.on('error', () => undefined);
      ways.set(from, far);
    }
    far.send(datagram, target.port, target.address);
  });
  near.bind(0, target.address);
  await once(near, 'listening');
  return {
    port: near.address().port,
    close: () => {
      // What is still on its way is lost with the cable.
      down.loss = 1;
      near.close();
      ways.forEach((far) => far.close());
    },
  };
}

/**
 * Lays a cable to a server.
 * @param {{ port: number, media: { address: string, port: number } }} server
 */
export async function cable(server) {
  const state = { out: false };
  const down = bottleneck();
  const [tcp, udp] = [await wire(server.port, state), await air(server.media, state, down)];
  return {
    /** What the person at the end of this cable opens. */
    site: `http://localhost:${tcp.port}`,
    /** Lets a person's pages use this cable for their media, too. */
    plugIn: (who) => who.context.addInitScript(reroute, { from: server.media.port, to: udp.port }),
    pull: () => {
      state.out = true;
      tcp.hold();
    },
    putBack: () => {
      state.out = false;
      tcp.flow();
    },
    /** Lets media come to the browser at so many bits a second and loses a share of them. */
    spoil: ({ bps = Infinity, loss = 0 } = {}) => Object.assign(down, { bps, loss }),
    close: () => {
      tcp.close();
      udp.close();
    },
  };
}
