import type { Effect, StreamHead, TopicRecord } from '../../src/evidence.ts';
import type {
  AccountRow,
  Audit,
  EntityRow,
  HandledRow,
  ParkedPlace,
  PositionRow,
  ProofEvidence,
  ProofTables,
  ShardedRow,
  StepRow,
} from '../../src/proof/evidence.ts';
import { proofSubscriptions } from '../../src/proof/subscriptions.ts';

/** Milliseconds since 1970 at which the run began. */
export const began = Date.parse('2026-03-01T10:00:00.000Z');
/** Sees everything that the run wrote. */
const lastSnapshot = '1000:1000:';

interface Happening {
  readonly operation: string;
  readonly topic: string;
  readonly type: string;
  readonly account: string;
  readonly version: number;
  readonly data: Readonly<Record<string, unknown>>;
}

const happen = (
  operation: string,
  account: string,
  version: number,
  type: string,
  data: Happening['data'],
): Happening => ({
  operation,
  topic: 'east.account',
  type: `east.v1.${type}`,
  account,
  version,
  data: { operation, ...data },
});
const posting = (account: string, version: number, data: Happening['data']): Happening => ({
  operation: '',
  topic: 'office.posting',
  type: 'office.v1.AmountPosted',
  account: `east-${account}`,
  version,
  data,
});

/** Two operations that were committed, and what the office posted for them. */
const happenings: readonly Happening[] = [
  happen('east-1.0.1', 'a', 1, 'AmountAdded', { amount: 10 }),
  happen('east-1.0.1', 'b', 1, 'LimitChanged', { limit: 5 }),
  happen('east-1.0.2', 'a', 2, 'LimitChanged', { limit: 7 }),
  happen('east-1.0.2', 'a', 3, 'AccountNoted', { note: 'n' }),
  posting('a', 1, { amount: 10 }),
];
const idOf = ({ account, version }: Happening) => `${account}-${version}`;
const aggregate = ({ topic, account }: Happening) => ({ aggregateType: topic, aggregateId: account });

/** A run of `waybill prove` in which every promise was kept, and a kill hit work in flight. */
export function validProof(): ProofEvidence {
  const outside = proofSubscriptions.find(({ consumer }) => consumer === 'office.letters');
  const letters = happenings.filter(({ type }) => outside?.types.includes(type));
  return {
    records: [...happenings.map(recordOf), stranger],
    databases: new Map([
      [
        'east',
        {
          ...empty,
          ...producer('east.account'),
          accounts,
          steps: happenings.filter(({ operation }) => operation !== '').map(stepOf),
        },
      ],
      ['west', { ...empty, ...producer('west.account') }],
      ['office', { ...empty, ...producer('office.posting'), ...consumers('office'), accounts: copies }],
      ['archive', { ...empty, ...consumers('archive') }],
    ]),
    operations: [
      operation('east-1.0.1', ['a', 'b'], 'ok', 100, 120),
      operation('east-1.0.2', ['a', 'a'], 'ok', 200, 230),
      operation('east-1.0.3', [], 'failed', 240, 250, 'rollback'),
      operation('east-1.0.4', [], 'failed', 250, 260, 'refused'),
      // Its process was killed while it was under way, and it was never committed.
      operation('east-1.0.5', ['c'], 'unknown', 300, undefined),
    ],
    deliveries: [
      { process: 'office-1', consumer: 'office.totals', count: 2, beganAt: began + 300, endedAt: began + 320 },
    ],
    faults: [{ id: 1, form: 'kill', target: 'east-1', beganAt: began + 310, endedAt: began + 310 }],
    calls: letters.map((event) => ({ port: 'letters', key: idOf(event) })),
    audits: [auditOf('office'), auditOf('archive')],
    unread: [],
  };
}

const accounts: readonly AccountRow[] = [
  { aggregateType: 'east.account', aggregateId: 'a', total: 10, limit: 7, digest: 317 },
  { aggregateType: 'east.account', aggregateId: 'b', total: 0, limit: 5, digest: 5 },
];
const copies = accounts;

const empty: ProofTables = {
  heads: [],
  outbox: [],
  effects: [],
  inbox: [],
  parked: [],
  entities: [],
  positions: [],
  cursorWrites: [],
  accounts: [],
  steps: [],
};

function operation(
  id: string,
  touched: readonly string[],
  outcome: 'ok' | 'failed' | 'unknown',
  from: number,
  to: number | undefined,
  form = 'plain',
) {
  const endedAt = to === undefined ? undefined : began + to;
  return { id, process: 'east-1', form, accounts: touched, beganAt: began + from, endedAt, outcome };
}

function recordOf(event: Happening, index: number): TopicRecord {
  const { topic, type, version, data } = event;
  return {
    ...aggregate(event),
    ...{ topic, partition: 0, offset: BigInt(index), key: event.account, id: idOf(event), type, version, data },
    ...{ time: new Date(began + index), tenant: '', problem: undefined },
  };
}

const stranger: TopicRecord = {
  ...{ topic: 'east.account', partition: 0, offset: 9n, key: 'stranger-1', id: '', type: '', version: Number.NaN },
  ...{ aggregateType: '', aggregateId: '', tenant: '', time: new Date(began), data: undefined },
  problem: 'lacks the headers ce_id',
};

function stepOf({ operation: id, account }: Happening): StepRow {
  return { operation: id, account };
}

function producer(topic: string) {
  const own = happenings.filter((event) => event.topic === topic);
  const heads = new Map<string, StreamHead>();
  for (const event of own) heads.set(event.account, { ...aggregate(event), tenant: '', version: event.version });
  const outbox = own.map((event): ShardedRow => ({
    ...aggregate(event),
    ...{ kind: 'event', id: idOf(event), type: event.type, tenant: '', version: event.version, topic },
    createdAt: new Date(began + 290),
    shard: 0,
  }));
  const cursorWrites = [
    { n: 1n, cursor: 'relay 0', kind: 'claim', epoch: 1n, writer: 'east-1.0', at: new Date(began) },
    { n: 2n, cursor: 'relay 0', kind: 'move', epoch: 1n, writer: 'east-1.0', at: new Date(began) },
    { n: 3n, cursor: 'relay 0', kind: 'claim', epoch: 2n, writer: 'east-2.0', at: new Date(began + 200) },
    { n: 4n, cursor: 'relay 0', kind: 'move', epoch: 2n, writer: 'east-2.0', at: new Date(began + 200) },
  ] as const;
  return { heads: [...heads.values()], outbox, cursorWrites };
}

function consumers(database: string) {
  const own = proofSubscriptions.filter((subscription) => subscription.database === database);
  const effects: Effect[] = [];
  const inbox: HandledRow[] = [];
  const parked: ParkedPlace[] = [];
  const entities: EntityRow[] = [];
  const positions: PositionRow[] = [];
  for (const { consumer, topics, types, order } of own) {
    const read = happenings.filter(({ topic }) => topics.includes(topic));
    for (const event of read.filter(({ type }) => types.includes(type))) {
      const { version, type } = event;
      effects.push({
        ...{ ...aggregate(event), position: BigInt(effects.length), consumer, eventId: idOf(event), version, type },
        at: new Date(began + 400),
      });
      inbox.push({ consumer, eventId: idOf(event), xid: BigInt(100 + inbox.length) });
    }
    for (const event of order === 'by-entity' ? read : []) {
      const before = entities.findIndex((row) => row.consumer === consumer && row.aggregateId === event.account);
      if (before >= 0) entities.splice(before, 1);
      entities.push({ ...aggregate(event), consumer, applied: event.version, holes: [] });
    }
    for (const topic of topics) positions.push({ consumer, topic, partition: 0, nextOffset: 10n });
    if (topics.includes(stranger.topic)) {
      parked.push({
        ...{ consumer, eventId: 'east.account/0/9', aggregateType: '', aggregateId: '', version: 0, reason: 'dead' },
        ...{ parkedAt: new Date(began), place: 'east.account/0/9' },
      });
    }
  }
  return { effects, inbox, parked, entities, positions };
}

/** A look at the end of the run. */
function auditOf(database: string): Audit {
  const { positions, entities, parked } = consumers(database);
  return { database, at: new Date(began + 500), snapshot: lastSnapshot, positions, entities, parked };
}
