// How large the site is on disk, and what of it a visitor fetches.

import { readdirSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';

import { test } from './measure.mjs';
import { askToJoin, inCall, makeRoom, open, useDevices } from '../support/room.mjs';
import { ANA, BO } from '../support/test.mjs';

test('a visitor fetches the page', async ({ person, figures }) => {
  const ana = await person(ANA);
  const link = await makeRoom(ana, { open: true });
  const bo = await person(BO);
  await open(bo, link);
  await bo.page.waitForLoadState('networkidle');
  const entry = await fetched(bo.page);

  await useDevices(bo);
  await askToJoin(bo);
  await inCall(bo);
  const files = ({ name }) => !name.startsWith('/api/');
  const call = (await fetched(bo.page)).slice(entry.length).filter(files);
  await figures('page', { site: site(process.env.LEPTOS_SITE_ROOT), entry, call });
});

/** What the page has fetched so far, itself included, as it crossed the wire and as it is. */
async function fetched(page) {
  const entries = await page.evaluate(() =>
    [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].map(
      ({ name, encodedBodySize, decodedBodySize }) => ({ name, wire_bytes: encodedBodySize, raw_bytes: decodedBodySize }),
    ),
  );
  return entries.map((entry) => ({ ...entry, name: withoutHash(new URL(entry.name).pathname) }));
}

/** Every file of the site with its compressed twin's size; without one, it is sent as it is. */
function site(root) {
  const paths = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const known = new Set(paths);
  return paths
    .filter((path) => !path.endsWith('.br'))
    .sort()
    .map((path) => {
      const raw_bytes = statSync(path).size;
      const brotli_bytes = known.has(`${path}.br`) ? statSync(`${path}.br`).size : raw_bytes;
      return { name: withoutHash(relative(root, path)), raw_bytes, brotli_bytes };
    });
}

/** A path whose name stays the same from build to build; rooms have codes of their own, too. */
function withoutHash(path) {
  if (/^\/r\/[^/]+$/.test(path)) return '/r/…';
  return path.replace(basename(path), basename(path).replace(/\.[0-9a-f]{16}\./, '.*.'));
}
