import { createServer } from 'node:net';
import { programPorts, smtpPort } from '@waybill/infra/programs';
import { serviceNames, type Ports, type ServiceName } from './fleet.ts';

/** A free port for each program: its own where that is free, another otherwise. */
export async function choosePorts(): Promise<Ports> {
  const services = new Map<ServiceName, number>();
  for (const name of serviceNames) services.set(name, await freePort(programPorts[name]));
  const port = (name: ServiceName) => services.get(name) ?? 0;
  return {
    services: {
      orders: port('orders'),
      payments: port('payments'),
      inventory: port('inventory'),
      shipping: port('shipping'),
      notifications: port('notifications'),
    },
    provider: await freePort(programPorts['payment-provider']),
    mailHttp: await freePort(programPorts['mail-sink']),
    mailSmtp: await freePort(smtpPort),
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
