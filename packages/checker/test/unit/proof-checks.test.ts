import { describe, expect, it } from 'vitest';
import type { ProofEvidence, ProofTables } from '../../src/proof/evidence.ts';
import { factsOf } from '../../src/proof/facts.ts';
import { judgeProof, proofChecks } from '../../src/proof/judge.ts';
import { began, validProof } from '../builders/valid-proof.ts';

const expectation = { faults: ['kill'], operations: 2 };

function withTables(
  run: ProofEvidence,
  database: string,
  change: (tables: ProofTables) => Partial<ProofTables>,
): ProofEvidence {
  const tables = run.databases.get(database);
  if (tables === undefined) throw new Error(`There is no database ${database}.`);
  return { ...run, databases: new Map([...run.databases, [database, { ...tables, ...change(tables) }]]) };
}

const isOf = (consumer: string, eventId?: string) => (row: { consumer: string; eventId: string }) =>
  row.consumer === consumer && (eventId === undefined || row.eventId === eventId);

/** Takes an effect away, with its dedupe row or without it. */
function withoutEffect(run: ProofEvidence, consumer: string, eventId: string, dedupeRow: 'kept' | 'gone') {
  const wanted = isOf(consumer, eventId);
  return withTables(run, 'office', ({ effects, inbox }) => ({
    effects: effects.filter((line) => !wanted(line)),
    inbox: dedupeRow === 'kept' ? inbox : inbox.filter((row) => !wanted(row)),
  }));
}

function withRecord(run: ProofEvidence, id: string, change: Partial<ProofEvidence['records'][number]>): ProofEvidence {
  return { ...run, records: run.records.map((record) => (record.id === id ? { ...record, ...change } : record)) };
}

function without(run: ProofEvidence, id: string): ProofEvidence {
  return { ...run, records: run.records.filter((record) => record.id !== id) };
}

/** One planted violation for each thing that can be found: [what was done, the code to be found, how it was done]. */
const violations: readonly (readonly [string, string, (run: ProofEvidence) => ProofEvidence])[] = [
  [
    'a committed operation has no row in its database',
    'lost.operation',
    (run) => withTables(run, 'east', ({ steps }) => ({ steps: steps.slice(1) })),
  ],
  ['a version that its head counts is in no topic', 'lost.version-without-record', (run) => without(run, 'a-3')],
  ['a row of an outbox is in no topic', 'lost.event-without-record', (run) => without(run, 'b-1')],
  [
    'a reaction has no effect, though it came further',
    'lost.event-without-effect',
    (run) => withoutEffect(run, 'office.receipts', 'a-1', 'gone'),
  ],
  [
    'a projection has no effect, and no snapshot covers it',
    'lost.event-without-effect',
    (run) => withoutEffect(run, 'office.totals', 'a-1', 'gone'),
  ],
  [
    'the dedupe row was committed, and its effect was not',
    'lost.handled-without-effect',
    (run) => withoutEffect(run, 'office.receipts', 'a-1', 'kept'),
  ],
  [
    'an account was changed without an event',
    'lost.change-without-event',
    (run) =>
      withTables(run, 'east', ({ accounts }) => ({
        accounts: accounts.map((row) => ({ ...row, total: row.total + 1 })),
      })),
  ],
  [
    'a record comes from no outbox',
    'invented.record-without-change',
    (run) => withTables(run, 'east', ({ outbox }) => ({ outbox: outbox.filter(({ id }) => id !== 'a-1') })),
  ],
  [
    'a record has another version than was committed',
    'invented.record-without-change',
    (run) => withRecord(run, 'b-1', { version: 2 }),
  ],
  [
    'a record that is no stranger’s cannot be read',
    'invented.record-without-change',
    (run) => withRecord(run, 'b-1', { problem: 'has a body that does not decode' }),
  ],
  [
    'an operation that was rolled back left a row',
    'invented.failed-operation-left-trace',
    (run) => withTables(run, 'east', ({ steps }) => ({ steps: [...steps, { operation: 'east-1.0.3', account: 'a' }] })),
  ],
  [
    'an operation with an unknown outcome left a row without its event',
    'invented.failed-operation-left-trace',
    (run) => withTables(run, 'east', ({ steps }) => ({ steps: [...steps, { operation: 'east-1.0.5', account: 'c' }] })),
  ],
  [
    'an operation that was refused left a row',
    'refused.left-trace',
    (run) => withTables(run, 'east', ({ steps }) => ({ steps: [...steps, { operation: 'east-1.0.4', account: 'a' }] })),
  ],
  [
    'there are rows of an operation that nobody began',
    'invented.trace-without-operation',
    (run) => ({ ...run, operations: run.operations.slice(1) }),
  ],
  [
    'an effect has no event',
    'invented.effect-without-event',
    (run) =>
      withTables(run, 'office', ({ effects }) => ({
        effects: effects.map((line) => (line.eventId === 'a-1' ? { ...line, eventId: 'never-published' } : line)),
      })),
  ],
  [
    'an event had two effects',
    'repeated.effect',
    (run) =>
      withTables(run, 'office', ({ effects }) => ({
        effects: [...effects, ...effects.filter(isOf('office.receipts', 'a-1'))],
      })),
  ],
  [
    'an effect has no dedupe row',
    'repeated.effect-without-dedupe-row',
    (run) =>
      withTables(run, 'office', ({ inbox }) => ({ inbox: inbox.filter((row) => !isOf('office.totals', 'a-1')(row)) })),
  ],
  [
    'the outside was called twice where it cannot tell a key again',
    'repeated.call',
    (run) => ({ ...run, calls: [...run.calls, ...run.calls] }),
  ],
  [
    'two events of an account changed places in their topic',
    'disordered.topic',
    (run) => {
      const [first, second, third, ...rest] = run.records;
      return { ...run, records: [third, second, first, ...rest].filter((record) => record !== undefined) };
    },
  ],
  [
    'events of one account lie in two partitions',
    'disordered.partitions',
    (run) => withRecord(run, 'a-2', { partition: 1 }),
  ],
  [
    'an ordered consumer did an older version after a newer one',
    'disordered.effects',
    (run) =>
      withTables(run, 'office', ({ effects }) => ({
        effects: effects.map((line) => (isOf('office.totals', 'a-1')(line) ? { ...line, position: 999n } : line)),
      })),
  ],
  [
    'a copy differs from what its events add up to',
    'diverged.fields',
    (run) =>
      withTables(run, 'office', ({ accounts }) => ({
        accounts: accounts.map((row) => ({ ...row, digest: row.digest + 1 })),
      })),
  ],
  ['an account has no copy', 'diverged.no-row', (run) => withTables(run, 'office', () => ({ accounts: [] }))],
  [
    'there is a copy of an account of which nothing was applied',
    'diverged.row-from-nothing',
    (run) =>
      withTables(run, 'office', ({ accounts }) => ({
        accounts: [...accounts, { aggregateType: 'east.account', aggregateId: 'z', total: 0, limit: 0, digest: 0 }],
      })),
  ],
  [
    'a relay moved a cursor that another had claimed',
    'zombie.cursor-write',
    (run) =>
      withTables(run, 'east', ({ cursorWrites }) => ({
        cursorWrites: [
          ...cursorWrites,
          { n: 5n, cursor: 'relay 0', kind: 'move', epoch: 2n, writer: 'east-1.0', at: new Date(began + 900) },
        ],
      })),
  ],
  [
    'at one moment an accepted event was nowhere',
    'vanished.sum',
    (run) => ({ ...run, audits: run.audits.map((audit) => ({ ...audit, snapshot: '1:100:' })) }),
  ],
  [
    'at one moment an event was applied and parked',
    'vanished.counted-twice',
    (run) => ({
      ...run,
      audits: run.audits.map((audit) => ({
        ...audit,
        parked: [...audit.parked, { consumer: 'office.totals', eventId: 'a-1', place: '' }],
      })),
    }),
  ],
  [
    'a record that nobody can read is parked nowhere',
    'vanished.unreadable-record',
    (run) => withTables(run, 'office', () => ({ parked: [] })),
  ],
];

describe('the judgement of a run under faults', () => {
  it('is valid when every promise was kept and the faults hit work in flight', () => {
    const { verdict, findings, doubts } = judgeProof(validProof(), expectation);
    expect({ verdict, findings, doubts }).toEqual({ verdict: 'valid', findings: [], doubts: [] });
  });

  it.each(violations)('is invalid, with the id, when %s', (_what, code, plant) => {
    const { verdict, findings } = judgeProof(plant(validProof()), expectation);
    expect(findings.map((finding) => finding.code)).toContain(code);
    expect(findings.filter((finding) => finding.code === code).every(({ ids }) => ids.length > 0)).toBe(true);
    expect(verdict).toBe('invalid');
  });

  it('has a planted violation for each check', () => {
    const silent = proofChecks.filter(({ check }) =>
      violations.every(([, , plant]) => check(factsOf(plant(validProof()))).length === 0),
    );
    expect(silent.map(({ check }) => check.name)).toEqual([]);
  });

  it('is unknown when no fault hit work in flight', () => {
    const idle = { ...validProof(), operations: validProof().operations.slice(0, 4) };
    expect(judgeProof(idle, expectation).verdict).toBe('unknown');
    expect(judgeProof(idle, expectation).doubts).toEqual(['no fault of the form kill hit work in flight']);
  });

  it('is unknown when too few operations succeeded, in all or between the faults', () => {
    expect(judgeProof(validProof(), { ...expectation, operations: 3 }).verdict).toBe('unknown');
    const late = [5_000, 10_000, 15_000].map((at, index) => ({
      ...{ id: index + 2, form: 'cut', target: 'kafka', beganAt: began + at, endedAt: began + at },
    }));
    const run = validProof();
    expect(judgeProof({ ...run, faults: [...run.faults, ...late] }, expectation).doubts).toEqual([
      'operations succeeded in only 0 of 3 gaps between faults',
    ]);
  });

  it('is unknown when something could not be read', () => {
    expect(judgeProof({ ...validProof(), unread: ['the topics: no answer'] }, expectation).verdict).toBe('unknown');
  });

  it('takes what is parked, pending, or covered by a snapshot for no loss', () => {
    const run = validProof();
    const effect = run.databases.get('office')?.effects.find(isOf('office.totals', 'a-1'));
    if (effect === undefined) throw new Error('There is no such effect.');
    const gone = withoutEffect(run, 'office.totals', 'a-1', 'gone');
    const parked = withTables(gone, 'office', (tables) => ({
      parked: [...tables.parked, { ...effect, reason: 'retry', parkedAt: effect.at, place: 'east.account/0/0' }],
    }));
    const pending = withTables(gone, 'office', (tables) => ({
      positions: tables.positions.map((position) => ({ ...position, nextOffset: 0n })),
    }));
    const covered = withTables(gone, 'office', (tables) => ({
      entities: tables.entities.map((entity) =>
        entity.consumer === 'office.totals' ? { ...entity, holes: [[1, 1]] } : entity,
      ),
    }));
    for (const kept of [parked, pending, covered]) {
      const codes = judgeProof({ ...kept, audits: [] }, expectation).findings.map(({ code }) => code);
      expect(codes).not.toContain('lost.event-without-effect');
    }
  });

  it('takes a record that was published twice for one event', () => {
    const run = validProof();
    const again = run.records.slice(0, 1).map((record) => ({ ...record, offset: 20n }));
    expect(judgeProof({ ...run, records: [...run.records, ...again] }, expectation).findings).toEqual([]);
  });
});
