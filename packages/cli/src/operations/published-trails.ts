import { runningEnvironment } from '@waybill/infra';
import { type AuditProblem, type Logger, PublishedComparison } from '@waybill/messaging';
import { auditEntry } from '@waybill/service/operations';
import { stateDirectory } from '../workspace.ts';
import type { OperationsClient } from './client.ts';
import { UsageError } from './errors.ts';

/** Where published ends of audit trails are read from. */
export interface Publication {
  readonly brokers: readonly string[];
  readonly registryUrl: string;
}

export interface PublicationFlags {
  readonly kafka?: string;
  readonly registry?: string;
}

/** Whether a trail is as it was published. */
export type Compared =
  | {
      readonly compared: 'yes';
      readonly heads: number;
      readonly problem?: AuditProblem & { readonly publishedAt: string };
    }
  | { readonly compared: 'no'; readonly why: string };

/** The end of a trail as it was published. */
interface Head {
  readonly service: string;
  readonly seq: number;
  readonly hash: string;
  readonly at: Date;
}

/**
 * The brokers that were given, or those of what runs here; undefined when there are none.
 * @throws UsageError when one of the two addresses is missing.
 */
export function publicationOf(
  { kafka, registry }: PublicationFlags,
  variables: Readonly<Record<string, string | undefined>> = process.env,
): Publication | undefined {
  const isFleet = (variables['WAYBILL_OPS_SERVICES'] ?? '') === '';
  const running = isFleet ? runningEnvironment(stateDirectory('up')) : undefined;
  const brokers = kafka ?? (variables['WAYBILL_KAFKA_BROKERS'] || running?.kafkaBrokers.join(','));
  const registryUrl = registry ?? (variables['WAYBILL_REGISTRY_URL'] || running?.registryUrl);
  if (brokers === undefined || brokers === '') return undefined;
  if (registryUrl === undefined || registryUrl === '')
    throw new UsageError('--kafka needs --registry beside it (or WAYBILL_REGISTRY_URL), to read what was published.');
  return { brokers: brokers.split(',').map((broker) => broker.trim()), registryUrl };
}

/**
 * All that was published of the ends of audit trails, by service.
 * @throws when the brokers or the registry cannot be asked.
 */
export async function publishedEnds({
  brokers,
  registryUrl,
}: Publication): Promise<ReadonlyMap<string, readonly Head[]>> {
  // Loaded here alone: they bring clients of brokers along, and the other commands need none.
  const [{ kafkaTopicRanges, schemaRegistry }, { publishedHeads }, { AuditTrailExtendedV1 }] = await Promise.all([
    import('@waybill/kafka'),
    import('@waybill/service'),
    import('@waybill/schemas'),
  ]);
  const log = kafkaTopicRanges({ brokers, clientId: 'waybill-audit', log: silent });
  const registry = schemaRegistry({ url: registryUrl });
  const heads: Head[] = [];
  const ranges = await log.rangesOf(AuditTrailExtendedV1.topic);
  for await (const head of publishedHeads({ log, registry, contract: AuditTrailExtendedV1 }, ranges)) heads.push(head);
  return Map.groupBy(heads, ({ service }) => service);
}

/** What keeps it from reading is thrown. */
const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, child: () => silent };

/** Reads a whole trail, and compares it with what was published of it. */
export async function comparedTrail(
  client: Pick<OperationsClient, 'lines'>,
  heads: readonly Head[],
): Promise<Compared> {
  const comparison = new PublishedComparison(heads);
  if (heads.length > 0)
    for await (const line of client.lines('/audit/export')) comparison.add(auditEntry.parse(JSON.parse(line)));
  const { problem } = comparison;
  if (problem === undefined) return { compared: 'yes', heads: heads.length };
  const told = heads.filter(({ seq }) => seq >= problem.seq).map(({ at }) => at.toISOString());
  return { compared: 'yes', heads: heads.length, problem: { ...problem, publishedAt: told.sort()[0] ?? '' } };
}
