// `test` with a server of its own whose process can be weighed, and a way to hand figures to the reporter.

import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';

import { startServer } from '../support/server.mjs';
import { traffic } from '../support/senses.mjs';
import { test as base } from '../support/test.mjs';

/** How often a join is repeated, and how many people a room is filled with. */
export const RUNS = Number(process.env.MEASURE_RUNS);
export const PEOPLE = Number(process.env.MEASURE_PEOPLE);

/** How long a steady state is watched. The kernel counts a process's time in hundredths of a second. */
const WATCHED_MS = 10_000;
const TICKS_PER_SECOND = 100;

export const test = base.extend({
  /** A server that is ready: its process, its site, and how long it took to start. */
  server: async ({}, use) => {
    const began = performance.now();
    const child = startServer('127.0.0.1:0', 'pipe');
    const said = [];
    createInterface({ input: child.stderr }).on('line', (line) => said.push(line));
    const site = await new Promise((resolve, reject) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        said.push(line);
        const ready = /^Anteroom is ready: (http:\/\/\S+)/.exec(line);
        if (ready) resolve(ready[1].replace('127.0.0.1', 'localhost'));
      });
      child.on('error', reject);
      child.on('exit', (code) => reject(new Error(`the server ended with ${code}:\n${said.join('\n')}`)));
    });
    const ready_ms = performance.now() - began;
    await use({ pid: child.pid, site, ready_ms });
    const ended = new Promise((resolve) => child.on('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  },
  baseURL: async ({ server }, use) => use(server.site),

  /** Hands figures to the reporter, under a name. */
  figures: async ({ browser }, use, testInfo) => {
    await use(async (name, figures) => {
      const body = JSON.stringify({ [name]: figures, browser: `Chromium ${browser.version()}` });
      await testInfo.attach('figures', { body, contentType: 'application/json' });
    });
  },
});

/** Watches a server for a while as it serves these people: its memory, its share of one core, its packets. */
export async function watched(server, people) {
  const packets = async () => {
    const sums = await Promise.all(people.map(({ page }) => traffic(page)));
    return sums.reduce((sum, { audio, video }) => sum + audio.received + video.received, 0);
  };
  const [began, forwardedBefore, spentBefore] = [performance.now(), await packets(), spent_s(server.pid)];
  await pause(WATCHED_MS);
  const spent = spent_s(server.pid) - spentBefore;
  const forwarded = (await packets()) - forwardedBefore;
  const seconds = (performance.now() - began) / 1_000;
  return {
    ...memory(server.pid),
    cpu_percent: (100 * spent) / seconds,
    forwarded_per_s: forwarded / seconds,
    cpu_us_per_packet: forwarded ? (1e6 * spent) / forwarded : null,
  };
}

/** The memory of a process that is in use, and the part of it that is no file's. */
export function memory(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kilobytes = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)[1]);
  return { rss_bytes: 1_024 * kilobytes('VmRSS'), anonymous_bytes: 1_024 * kilobytes('RssAnon') };
}

/** The seconds of processor time that a process has spent so far, in user space and in the kernel. */
function spent_s(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in parentheses may hold spaces, so the fields are counted after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user, kernel] = [fields[11], fields[12]];
  return (Number(user) + Number(kernel)) / TICKS_PER_SECOND;
}
