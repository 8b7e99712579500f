// A speaker for machines without one: a PulseAudio of our own that plays into nothing, in real time.
//
// Without any sound card Firefox never starts an AudioContext, so a page's level meters would stand still in tests.
// Chromium brings a silent card of its own. Playwright runs this once, before the first browser starts.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** The folder of the card. Playwright's worker processes inherit it by the environment. */
process.env.JOURNEYS_SOUND_CARD ??= mkdtempSync(join(tmpdir(), 'anteroom-sound-'));
const FOLDER = process.env.JOURNEYS_SOUND_CARD;
const SOCKET = join(FOLDER, 'socket');
const PATIENCE_MS = 10_000;

/** What a browser needs in its environment to find the card. */
export const soundCard = { PULSE_SERVER: `unix:${SOCKET}` };

export default async function start() {
  const options = ['-n', '--daemonize=no', '--exit-idle-time=-1', '--use-pid-file=no', '--disable-shm=yes', '--log-level=0'];
  const modules = [`module-native-protocol-unix auth-anonymous=1 socket=${SOCKET}`, 'module-null-sink'];
  const card = spawn('pulseaudio', [...options, ...modules.flatMap((module) => ['--load', module])], {
    env: { ...process.env, HOME: FOLDER, XDG_RUNTIME_DIR: FOLDER },
    stdio: 'ignore',
  });
  let failure;
  card.on('error', (error) => (failure = error.message));
  card.on('exit', (code) => (failure ??= `it ended with ${code}`));
  for (const end = Date.now() + PATIENCE_MS; !existsSync(SOCKET); await pause(20)) {
    if (failure) throw new Error(`pulseaudio does not start: ${failure}`);
    if (Date.now() > end) throw new Error('pulseaudio does not open its socket');
  }
  return () => {
    card.kill();
    rmSync(FOLDER, { recursive: true, force: true });
  };
}
