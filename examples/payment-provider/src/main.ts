import { Books } from './books.ts';
import { readConfig } from './config.ts';
import { providerApp } from './http.ts';

const config = readConfig();
const server = providerApp(new Books(config.keysKept), config.behaviour).listen(config.port, config.host);

server.on('listening', () => {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : config.port;
  process.stdout.write(`${JSON.stringify({ msg: 'listening', url: `http://${config.host}:${port}` })}\n`);
});
server.on('error', (error) => {
  process.stderr.write(`${JSON.stringify({ msg: 'cannot listen', error: error.message })}\n`);
  process.exitCode = 1;
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    server.close();
    server.closeIdleConnections();
  });
}
