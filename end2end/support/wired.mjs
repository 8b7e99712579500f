// `journey` with a server of its own, and people behind cables: `const bo = await wired(BO)`.

import { cable } from './network.mjs';
import { ownServer } from './own-server.mjs';
import { test } from './test.mjs';

/** A failed connection is a complaint to the browser, and the very thing that these journeys are about. */
export const OFFLINE = /WebSocket|ERR_|Failed to load resource|NetworkError|can’t establish a connection|was interrupted/;

/** A server of this journey's own, and people in front of their own computers. */
export const journey = test.extend({
  /** What else the server is started with. */
  settings: [[], { option: true }],
  server: async ({ settings }, use) => {
    const server = await ownServer(async () => settings);
    await use(server);
    await server.close();
  },
  baseURL: async ({ server }, use) => use(server.site),
  /** A cable of one person's own. */
  wired: async ({ server, person }, use) => {
    const cables = [];
    await use(async (options) => {
      const own = await cable(server);
      cables.push(own);
      const who = await person({ ...options, context: { baseURL: own.site } });
      await own.plugIn(who);
      who.mayFail(OFFLINE);
      return { ...who, cable: own, link: (link) => link.replace(server.site, own.site) };
    });
    for (const own of cables) own.close();
  },
});
