import { choosePort } from '@waybill/infra/ports';
import { consolePort, programPorts, smtpPort } from '@waybill/infra/programs';
import { serviceNames, type Ports, type ServiceName, type ServicePorts } from './fleet.ts';

/** How much higher the ports of each further instance lie. */
const instanceStep = 10;

/** A free port for each program: its own where that is free, another otherwise. */
export async function choosePorts(instances: number): Promise<Ports> {
  const first = await servicePorts(0);
  const others: ServicePorts[] = [];
  for (let index = 1; index < instances; index += 1) others.push(await servicePorts(index));
  return {
    instances: [first, ...others],
    provider: await freePort(programPorts['payment-provider']),
    mailHttp: await freePort(programPorts['mail-sink']),
    mailSmtp: await freePort(smtpPort),
    console: await freePort(consolePort),
  };
}

async function servicePorts(instance: number): Promise<ServicePorts> {
  const services = new Map<ServiceName, number>();
  for (const name of serviceNames) services.set(name, await freePort(programPorts[name] + instance * instanceStep));
  const port = (name: ServiceName) => services.get(name) ?? 0;
  return {
    orders: port('orders'),
    payments: port('payments'),
    inventory: port('inventory'),
    shipping: port('shipping'),
    notifications: port('notifications'),
  };
}

async function freePort(wanted: number): Promise<number> {
  return choosePort([wanted]);
}
