import { Books } from './books.ts';
import { readConfig } from './config.ts';
import { providerApp } from './http.ts';

const config = readConfig(process.env);
const server = providerApp(new Books(config.keysKept), config.behaviour).listen(config.port, config.host);

server.on('listening', () => {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : config.port;
  console.log(JSON.stringify({ msg: 'listening', url: `http://${config.host}:${port}` }));
});
server.on('error', (error) => {
  console.error(JSON.stringify({ msg: 'cannot listen', error: error.message }));
  process.exitCode = 1;
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    server.close();
    server.closeIdleConnections();
  });
}
