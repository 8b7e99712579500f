// Starts the server under test: an empty folder for its files, a fixed port, and an end when Playwright ends.
//
// `cargo xtask` says which binary and site in the environment.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'anteroom-journeys-'));
// Settings of the person at this machine are none of the server under test's.
const environment = Object.entries(process.env).filter(([name]) => !name.startsWith('ANTEROOM_'));
const server = spawn(process.env.JOURNEYS_SERVER, ['--addr', process.argv[2], '--data', folder, '--media-port', '0'], {
  cwd: folder,
  env: Object.fromEntries(environment),
  stdio: ['ignore', 'inherit', 'inherit'],
});

const forget = () => rmSync(folder, { recursive: true, force: true });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => server.kill('SIGTERM'));
server.on('error', (error) => {
  forget();
  console.error(`The server under test did not start: ${error.message}`);
  process.exit(1);
});
server.on('exit', (code) => {
  forget();
  process.exit(code ?? 0);
});
