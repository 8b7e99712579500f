// A server for one journey alone, which may be stopped, killed and started again with the same folder and ports.

import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnServer } from './server.mjs';

/** An address of this machine that a browser may think somebody else's. */
const ADDRESS = Object.values(networkInterfaces())
  .flat()
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1';

/** A port that nobody uses just now. */
export async function freePort(socket, bind) {
  bind(socket);
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}

/** A number that nobody uses just now for UDP nor for TCP: the media takes both. */
async function freeMediaPort() {
  const port = await freePort(createSocket('udp4'), (socket) => socket.bind(0, ADDRESS));
  try {
    return await freePort(createServer(), (socket) => socket.listen(port));
  } catch {
    return freeMediaPort();
  }
}

/**
 * Starts a server and waits until it is ready.
 * @param {(site: string) => Promise<string[]>} settings what else it is started with, once its address is known
 */
export async function ownServer(settings = async () => []) {
  const folder = mkdtempSync(join(tmpdir(), 'anteroom-journey-'));
  const port = await freePort(createServer(), (socket) => socket.listen(0, '127.0.0.1'));
  const mediaPort = await freeMediaPort();
  const ports = ['--addr', `127.0.0.1:${port}`, '--media-port', String(mediaPort)];
  // One thread, so that there is one media port to speak of; an address that is not the machine's loopback, for
  // Firefox sends no media there.
  const media = ['--media-shards', '1', '--public-ip', ADDRESS];
  const site = `http://localhost:${port}`;
  const others = await settings(site);
  let running;

  const start = async () => {
    running = spawnServer(folder, [...ports, ...media, ...others], ['ignore', 'pipe', 'inherit']);
    // It says one line when it is ready; whatever else it says is let go, so that it never waits for a reader.
    const ready = await Promise.race([once(running.stdout, 'data'), once(running, 'exit').then(() => null)]);
    if (!ready) throw new Error('the server of this journey does not start');
    running.stdout.resume();
  };
  const stop = async (signal) => {
    if (running.exitCode !== null || running.signalCode !== null) return;
    const gone = once(running, 'exit');
    running.kill(signal);
    await gone;
  };

  await start();
  return {
    port,
    media: { address: ADDRESS, port: mediaPort },
    site,
    /** Ends the process by a signal and waits until it is gone. */
    stop,
    /** Starts it again where it was. */
    start,
    /** Writes to its database, for what no journey has the time to wait for; only while it is stopped. */
    write: (sql) => {
      if (running.exitCode === null && running.signalCode === null) throw new Error('the server still has its database');
      execFileSync('sqlite3', ['-bail', join(folder, 'anteroom.sqlite'), sql], { stdio: 'inherit' });
    },
    /** Runs a task of the program beside it, and gives back what it prints. */
    task: (...task) => {
      const args = [...task, '--data', folder, '--addr', `127.0.0.1:${port}`];
      return execFileSync(process.env.JOURNEYS_SERVER, args, { cwd: folder, encoding: 'utf8' });
    },
    /** Ends it for good. */
    close: async () => {
      await stop('SIGTERM');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
