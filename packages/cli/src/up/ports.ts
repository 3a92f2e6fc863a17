import { createServer } from 'node:net';
import { serviceNames, type Ports, type ServiceName } from './fleet.ts';

/** Where each program listens when the port is free. */
const preferred = { orders: 4001, payments: 4002, inventory: 4003, shipping: 4004, notifications: 4005 } as const;
const preferredProvider = 4090;
const preferredMailHttp = 4091;
const preferredMailSmtp = 2525;

/** A free port for each program: its own where that is free, another otherwise. */
export async function choosePorts(): Promise<Ports> {
  const services = new Map<ServiceName, number>();
  for (const name of serviceNames) services.set(name, await freePort(preferred[name]));
  const port = (name: ServiceName) => services.get(name) ?? 0;
  return {
    services: {
      orders: port('orders'),
      payments: port('payments'),
      inventory: port('inventory'),
      shipping: port('shipping'),
      notifications: port('notifications'),
    },
    provider: await freePort(preferredProvider),
    mailHttp: await freePort(preferredMailHttp),
    mailSmtp: await freePort(preferredMailSmtp),
  };
}

async function freePort(wanted: number): Promise<number> {
  try {
    return await listenOnce(wanted);
  } catch {
    return listenOnce(0);
  }
}

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : port));
    });
  });
}
