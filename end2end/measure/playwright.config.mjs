// The measurements: one Chromium, one after the other, a server of its own for each. `cargo xtask measure` calls this.

import { join } from 'node:path';

import { defineConfig } from '@playwright/test';

import { chromiumOptions } from '../support/browsers.mjs';

export default defineConfig({
  testMatch: /\.measure\.mjs$/,
  workers: 1,
  timeout: 20 * 60_000,
  // Ten browsers on a small machine are slow; what is measured has a clock of its own.
  expect: { timeout: 60_000 },
  outputDir: join(process.env.MEASUREMENTS, 'traces'),
  reporter: [['list'], ['./reporter.mjs']],
  use: { headless: true, launchOptions: chromiumOptions() },
});
