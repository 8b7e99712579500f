// A real OpenID provider on this machine, with its own pages to sign in and to agree on.

import { createServer } from 'node:net';
import { once } from 'node:events';

import Provider from 'oidc-provider';

import { freePort } from './own-server.mjs';

const CLIENT = { id: 'anteroom', secret: 'a secret of the journeys: &%+' };

/**
 * Opens a provider for one site. Whoever signs in there as `ana` is Ana with the address ana@example.org, proven;
 * it takes any password.
 */
export async function openProvider(site) {
  const port = await freePort(createServer(), (socket) => socket.listen(0, '127.0.0.1'));
  // Another host than the site's, as in life: its cookies and its requests are those of another site.
  const issuer = `http://127.0.0.1:${port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: [`${site}/auth/openid/callback`],
        response_types: ['code'],
        grant_types: ['authorization_code'],
      },
    ],
    claims: { email: ['email', 'email_verified'], profile: ['name'] },
    cookies: { keys: ['a key of the journeys'] },
    features: { devInteractions: { enabled: true } },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({
        sub: id,
        name: id.replace(/^./, (first) => first.toUpperCase()),
        email: `${id}@example.org`,
        email_verified: true,
      }),
    }),
    pkce: { required: () => true },
  });
  const serving = provider.listen(port, '127.0.0.1');
  await once(serving, 'listening');
  return {
    issuer,
    /** What a server is told whose people may sign in here. */
    settings: [
      ['--origin', site],
      ['--openid-issuer', issuer],
      ['--openid-client-id', CLIENT.id],
      ['--openid-client-secret', CLIENT.secret],
      ['--openid-name', 'Example ID'],
    ].flat(),
    /** Ends it; harmless if it has ended. */
    close: async () => {
      if (!serving.listening) return;
      const closed = once(serving, 'close');
      serving.close();
      serving.closeAllConnections();
      await closed;
    },
  };
}
