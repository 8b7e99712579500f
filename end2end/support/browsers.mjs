// How the machine's own browsers are started. Playwright's are never downloaded.

import { soundCard } from './sound-card.mjs';

const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Everybody's page is in the foreground of somebody's screen.
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
  // A page with a real camera or microphone may play sound without a click, which matters after a reload. The
  // journeys' painted cameras do not count as such.
  '--autoplay-policy=no-user-gesture-required',
  '--disable-features=WebRtcHideLocalIpsWithMdns,OptimizationHints,MediaRouter',
];

/** Launch options of Chromium, with more flags if a project needs real devices or prompts. */
export const chromiumOptions = (...more) => ({ executablePath: '/usr/bin/chromium', args: [...CHROMIUM_FLAGS, ...more] });

/** Launch options of Firefox, which is driven by WebDriver BiDi. */
export const firefoxOptions = {
  executablePath: '/usr/bin/firefox-esr',
  env: { ...process.env, ...soundCard },
  firefoxUserPrefs: {
    'media.peerconnection.ice.obfuscate_host_addresses': false,
    'media.navigator.permission.disabled': true,
    'media.navigator.streams.fake': true,
  },
};

/** The channel that makes Playwright take a stock Firefox. */
export const FIREFOX_CHANNEL = 'moz-firefox';
