// `test` with people in it: `const ana = await person({ ...ANA })` opens a browser of her own for Ana.

import { test as base, expect, firefox } from '@playwright/test';

import { FIREFOX_CHANNEL, firefoxOptions } from './browsers.mjs';
import { install } from './devices.mjs';

export { expect };

/** People whose colours and tones cannot be mistaken for each other's, not even after encoding. */
export const ANA = { name: 'Ana', colour: '#d02020', tone: 440 };
export const BO = { name: 'Bo', colour: '#2040d0', tone: 620 };
export const CLEO = { name: 'Cleo', colour: '#20a040', tone: 830 };
export const DAG = { name: 'Dag', colour: '#d0c020', tone: 1070 };
export const EVA = { name: 'Eva', colour: '#a020b0', tone: 1330 };

const ORDINARY = {
  width: 640,
  height: 360,
  rate: 15,
  camera: 'willing',
  microphone: 'willing',
  screen: 'willing',
  loose: false,
  busy: false,
  real: false,
};

/** Complaints of the browser that are no fault of the page. */
const HARMLESS = [
  /\[JavaScript Warning/,
  /was preloaded using link preload but not used/,
  // A page that is left while a part of it is on its way. What is missing for good is seen on the page.
  /Error \(.*\/__wasm_split[^/]*\.js\)$/,
];

export const test = base.extend({
  /**
   * Opens a context for one person, in `options.browser` or the project's, with their devices in every page.
   * At the end of the test everybody's page must have been free of errors, but for those it `mayFail` with.
   */
  person: async ({ browser, baseURL }, use) => {
    const everybody = [];
    await use(async ({ browser: own = browser, context: settings = {}, ...options }) => {
      const who = { ...ORDINARY, ...options };
      const context = await own.newContext({ baseURL, ...settings });
      await context.addInitScript(install, who);
      const page = await context.newPage();
      const errors = [];
      const expected = [...HARMLESS];
      page.on('pageerror', (error) => errors.push(`${who.name}: ${error.message}`));
      page.on('console', (message) => {
        const text = `${message.text()} (${message.location().url})`;
        if (message.type() === 'error') errors.push(`${who.name}: ${text}`);
      });
      everybody.push({ context, errors: () => errors.filter((error) => !expected.some((known) => known.test(error))) });
      return { ...who, context, page, mayFail: (complaint) => expected.push(complaint) };
    });
    // Read before closing: the picture that Playwright takes then offends the page's own policy.
    const complaints = everybody.flatMap(({ errors }) => errors());
    for (const { context } of everybody) await context.close();
    expect(complaints, 'errors in the browsers’ consoles').toEqual([]);
  },

  /** A Firefox beside the project's own browser, for rooms in which both meet. */
  secondBrowser: async ({}, use) => {
    const browser = await firefox.launch({ ...firefoxOptions, channel: FIREFOX_CHANNEL, headless: true });
    await use(browser);
    await browser.close();
  },
});
