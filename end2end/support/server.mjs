// The server under test, with an empty folder for its files. `cargo xtask` says which binary and site in the environment.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs the server under test in a folder; settings of the person at this machine are none of its. */
export function spawnServer(folder, settings, stdio) {
  const environment = Object.entries(process.env).filter(([name]) => !name.startsWith('ANTEROOM_'));
  return spawn(process.env.JOURNEYS_SERVER, [...settings, '--data', folder], {
    cwd: folder,
    env: Object.fromEntries(environment),
    stdio,
  });
}

/**
 * Starts the server; its folder goes when it ends.
 * @param {string} address where it listens; port 0 takes a free one
 * @param {'inherit' | 'pipe'} words what becomes of what it says: shown, or left to the caller
 */
export function startServer(address, words) {
  const folder = mkdtempSync(join(tmpdir(), 'anteroom-journeys-'));
  const server = spawnServer(folder, ['--addr', address, '--media-port', '0', '--payments', 'test'], ['ignore', words, words]);
  const forget = () => rmSync(folder, { recursive: true, force: true });
  server.on('error', forget);
  server.on('exit', forget);
  return server;
}
