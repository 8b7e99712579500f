// Serves for the journeys: on the port they were told, until Playwright ends.

import { startServer } from './server.mjs';

const server = startServer(process.argv[2], 'inherit');
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => server.kill('SIGTERM'));
server.on('error', (error) => {
  console.error(`The server under test did not start: ${error.message}`);
  process.exit(1);
});
server.on('exit', (code) => process.exit(code ?? 0));
