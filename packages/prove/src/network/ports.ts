import { createServer } from 'node:net';

/** For each name a port of the loopback address that nothing listens on now. */
export async function freePorts(names: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const servers = names.map(() => createServer());
  // All are held until all are chosen, so that none is chosen twice.
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once('error', reject);
          server.listen({ port: 0, host: '127.0.0.1' }, () => {
            const address = server.address();
            resolve(typeof address === 'object' && address !== null ? address.port : 0);
          });
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return new Map(names.map((name, index) => [name, ports[index] ?? 0]));
}
