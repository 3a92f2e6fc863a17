import type { StatusEntry } from '@waybill/infra';
import { UsageError } from './errors.ts';

/** Where each service's operations API is: its base URL, without a slash at its end, by the service's name. */
export type ServiceAddresses = ReadonlyMap<string, string>;

/**
 * Reads `orders=http://127.0.0.1:4001,payments=https://payments.internal`.
 * @throws UsageError that names the part that is wrong.
 */
export function parseServices(text: string): ServiceAddresses {
  const parts = text.split(',').map((part) => part.trim());
  const addresses = new Map(parts.filter((part) => part !== '').map(parseOne));
  if (addresses.size > 0) return addresses;
  throw new UsageError('WAYBILL_OPS_SERVICES names no service. Write orders=http://…,payments=http://….');
}

function parseOne(part: string): [string, string] {
  const [, name = '', address = ''] = /^([^=]+)=(.+)$/.exec(part) ?? [];
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const isUsable = url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.search === '';
  if (name === '' || !isUsable)
    throw new UsageError(
      `WAYBILL_OPS_SERVICES: ${JSON.stringify(part)} is not a name and an address, as orders=http://127.0.0.1:4001.`,
    );
  return [name, url.href.replace(/\/+$/, '')];
}

/** The services among what runs here; of several instances of one, the first that runs. */
export function servicesOfFleet(entries: readonly StatusEntry[], names: readonly string[]): ServiceAddresses {
  return new Map(
    names.flatMap((name): [string, string][] => {
      const instances = entries.filter(({ component }) => component.replace(/-\d+$/, '') === name);
      const chosen = instances.find(({ state }) => state === 'running') ?? instances[0];
      return chosen === undefined ? [] : [[name, chosen.address]];
    }),
  );
}

/**
 * The addresses of the one that was asked for, or of all.
 * @throws UsageError that names those that there are.
 */
export function chosenServices(all: ServiceAddresses, service: string | undefined): ServiceAddresses {
  if (all.size === 0)
    throw new UsageError(
      'No service runs here. Start them with ./waybill up, or set WAYBILL_OPS_SERVICES=orders=http://…,payments=http://….',
    );
  if (service === undefined) return all;
  const address = all.get(service);
  if (address === undefined)
    throw new UsageError(`There is no service ${JSON.stringify(service)}. There are ${[...all.keys()].join(', ')}.`);
  return new Map([[service, address]]);
}
