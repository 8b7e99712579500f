// The journeys: which browsers, which server. `cargo xtask e2e` builds the server and calls this.

import { defineConfig } from '@playwright/test';

import { FIREFOX_CHANNEL, chromiumOptions, firefoxOptions } from './support/browsers.mjs';

const ADDRESS = process.env.JOURNEYS_ADDRESS ?? '127.0.0.1:3901';
const SITE = `http://${ADDRESS.replace('127.0.0.1', 'localhost')}`;

/** Journeys that need what only one browser's flags can do. */
const CHROMIUM_ONLY = /\.(prompt|no-device|together)\.spec\.mjs$/;
/** Journeys about what the server and hosts decide when, and about the markup: long, and the same in every browser. By
 * hand all of them run in Firefox, too; the checks of every change have an hour for everything. */
const ONCE_IS_ENOUGH = process.env.CI
  ? [
      /(accounts|desk|session|rules-at-the-door|openid|accessibility|hosting|invites|operator|packs|paid|papers|poor)\.spec\.mjs$/,
      /(chunks|devices|door|firewall|grid|keyboard|many|people|reconnect)\.spec\.mjs$/,
    ]
  : [];

/** Journeys in which nobody looks at moving pictures or listens, but for those tagged `@loud`: two at a time starve
 * nobody. `cargo xtask test` walks them first (`JOURNEYS_PART=quiet`), and then the others one by one (`loud`). */
const QUIET = /(accessibility|accounts|desk|door|openid|operator|packs|paid|papers|people|rules-at-the-door)\.spec\.mjs$/;
const PART = process.env.JOURNEYS_PART;
const isQuiet = PART === 'quiet';
const LEFT_TO_OTHERS = PART === 'loud' ? [QUIET] : [];

export default defineConfig({
  testMatch: isQuiet ? QUIET : /\.spec\.mjs$/,
  globalSetup: './support/sound-card.mjs',
  // Browsers decode real pictures in the others; a second test beside the first would starve both on a small machine.
  workers: isQuiet ? 2 : 1,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  // A minute and more each, in which nothing is done but waited; the rules behind them have tests of their own.
  grepInvert: [
    ...(process.env.CI ? [/when the last planned time is over|gone for too long/] : []),
    ...(isQuiet ? [/@loud/] : []),
  ],
  forbidOnly: Boolean(process.env.CI),
  // Two whole browsers share two cores with their cameras. What passes only the second time is listed as
  // flaky at the end of the run, and is a bug to be mended.
  retries: process.env.CI ? 1 : 0,
  reporter: 'list',
  use: { baseURL: SITE, headless: true, trace: 'retain-on-failure', screenshot: 'only-on-failure' },
  projects: [
    { name: 'chromium', testIgnore: [/\.(prompt|no-device)\.spec\.mjs$/, ...LEFT_TO_OTHERS], use: { launchOptions: chromiumOptions() } },
    ...(PART === 'loud'
      ? [{ name: 'loud', testMatch: QUIET, grep: /@loud/, use: { launchOptions: chromiumOptions() } }]
      : []),
    {
      name: 'firefox',
      testIgnore: [CHROMIUM_ONLY, ...ONCE_IS_ENOUGH, ...LEFT_TO_OTHERS],
      use: { browserName: 'firefox', channel: FIREFOX_CHANNEL, launchOptions: firefoxOptions },
    },
    // The browser itself refuses: nobody answers its prompt, or there is nothing to ask for.
    {
      name: 'prompt',
      testMatch: isQuiet ? [] : /\.prompt\.spec\.mjs$/,
      use: { launchOptions: chromiumOptions('--use-fake-device-for-media-stream') },
    },
    {
      name: 'no-device',
      testMatch: isQuiet ? [] : /\.no-device\.spec\.mjs$/,
      use: { launchOptions: chromiumOptions('--use-fake-ui-for-media-stream') },
    },
  ],
  // The senses are tested without a server.
  webServer: process.env.JOURNEYS_SERVER
    ? {
        command: `node support/serve.mjs ${ADDRESS}`,
        url: `${SITE}/readyz`,
        gracefulShutdown: { signal: 'SIGTERM', timeout: 10_000 },
        stdout: 'pipe',
      }
    : undefined,
});
