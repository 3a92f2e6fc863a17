import type { AcceptedOrder, DeliveryFigures, DomainTables, Evidence, ServiceTables } from '../evidence.ts';
import { sinceStart } from '../scope.ts';
import type { Addresses } from './addresses.ts';
import { bodyDecoder } from './bodies.ts';
import { readDomainTables } from './domain-tables.ts';
import { readDatabase, type Rows } from './rows.ts';
import { readFigures, readServiceTables } from './service-tables.ts';
import { readTopics } from './topics.ts';
import { readMails, readProvider } from './witnesses.ts';

export interface LoadOptions {
  readonly addresses: Addresses;
  readonly accepted: readonly AcceptedOrder[];
  /** When the run began: what is older belongs to earlier runs. */
  readonly since: Date;
  /** What {@link deliveriesSoFar} answered then. */
  readonly deliveriesBefore: number;
}

/** Records that the log has handed to consumers since their tables were made. */
export async function deliveriesSoFar(databases: Addresses['databases']): Promise<number> {
  let deliveries = 0;
  for (const url of Object.values(databases)) {
    deliveries += (await readDatabase(url, (rows) => readFigures(rows, new Date()))).deliveries;
  }
  return deliveries;
}

const noTables: ServiceTables = { heads: [], outbox: [], effects: [], parked: [], entities: [] };
const noDomain: DomainTables = { orders: [], payments: [], reservations: [], shipments: [], projections: new Map() };
const noFigures: DeliveryFigures = {
  deliveries: 0,
  duplicateDeliveries: 0,
  outOfOrderDeliveries: 0,
};

/**
 * Reads everything that a run left behind, from the systems themselves. What cannot be read is named in `unread` and
 * left empty; nothing is thrown for it.
 */
export async function loadEvidence(options: LoadOptions): Promise<Evidence> {
  const { addresses, accepted, since } = options;
  const unread: string[] = [];
  const attempt = async <T>(what: string, read: () => Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await read();
    } catch (error) {
      unread.push(`${what}: ${error instanceof Error ? error.message || error.name : String(error)}`);
      return otherwise;
    }
  };

  // The topics come first: a snapshot that is published meanwhile has its row then, and is not taken for invented.
  const decode = bodyDecoder(addresses.registryUrl);
  const records = await attempt('the topics', () => readTopics(addresses.kafkaBrokers, addresses.topics, decode), []);
  const services = new Map<string, ServiceTables>();
  let figures = noFigures;
  for (const [service, url] of Object.entries(addresses.databases)) {
    const read = () =>
      readDatabase(url, async (rows) => ({
        tables: await readServiceTables(rows),
        figures: await readFigures(rows, since),
      }));
    const found = await attempt(`the tables of ${service}`, read, { tables: noTables, figures: noFigures });
    services.set(service, found.tables);
    figures = sum(figures, found.figures);
  }

  const rowsOf =
    (service: string): Rows =>
    (sql, read, parameters) =>
      readDatabase(addresses.databases[service] ?? '', (rows) => rows(sql, read, parameters));
  const domain = await attempt('the domain tables', () => readDomainTables(rowsOf), noDomain);
  const provider = await attempt('the payment provider', () => readProvider(addresses.providerUrl), []);
  const mail = await attempt('the mail server', () => readMails(addresses.mailSinkUrl), {
    messageIds: [],
    received: 0,
    duplicates: 0,
  });
  figures = { ...figures, deliveries: figures.deliveries - options.deliveriesBefore };
  return sinceStart({ accepted, records, services, domain, provider, mail, figures, unread }, since);
}

function sum(a: DeliveryFigures, b: DeliveryFigures): DeliveryFigures {
  return {
    deliveries: a.deliveries + b.deliveries,
    duplicateDeliveries: a.duplicateDeliveries + b.duplicateDeliveries,
    outOfOrderDeliveries: a.outOfOrderDeliveries + b.outOfOrderDeliveries,
  };
}
