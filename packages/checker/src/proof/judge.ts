import type { Verdict } from '../report.ts';
import { projectionDiverged } from './checks/diverged.ts';
import { effectsOutOfOrder, topicOutOfOrder } from './checks/disordered.ts';
import {
  effectWithoutEvent,
  failedOperationLeftTrace,
  refusedOperationLeftTrace,
  recordWithoutChange,
  traceWithoutOperation,
} from './checks/invented.ts';
import {
  accountDiverged,
  eventWithoutEffect,
  eventWithoutRecord,
  handledWithoutEffect,
  operationLost,
  versionWithoutRecord,
} from './checks/lost.ts';
import { calledTwice, effectTwice, effectWithoutDedupeRow } from './checks/repeated.ts';
import { strangerVanished, sumDoesNotHold } from './checks/vanished.ts';
import { cursorMovedByAnother } from './checks/zombies.ts';
import type { ProofEvidence } from './evidence.ts';
import { type Facts, factsOf, type Follower } from './facts.ts';
import type { ProofCheck, ProofFinding } from './finding.ts';
import { type JudgedFault, judgeFaults } from './in-flight.ts';

/** A check with what it is for people, and the file under `src/proof/checks` where it stands. */
export interface DescribedCheck {
  readonly check: ProofCheck;
  readonly promise: ProofFinding['promise'];
  readonly says: string;
  readonly file: string;
}

const described = (
  promise: ProofFinding['promise'],
  file: string,
  says: string,
  check: ProofCheck,
): DescribedCheck => ({ check, promise, says, file: `${file}.ts` });

/** Every check of a run, in the order of the promises. */
export const proofChecks: readonly DescribedCheck[] = [
  described('I1', 'lost', 'A committed operation has all of its rows and all of its events.', operationLost),
  described('I1', 'lost', 'Each version that an aggregate counts is in its topic.', versionWithoutRecord),
  described('I1', 'lost', 'Each row of an outbox is in its topic.', eventWithoutRecord),
  described(
    'I1',
    'lost',
    'Each event has its effect in every consumer that handles it, or is parked.',
    eventWithoutEffect,
  ),
  described('I1', 'lost', 'What a dedupe row calls handled has its effect.', handledWithoutEffect),
  described('I1', 'lost', 'Each account is what its published events add up to.', accountDiverged),
  described('I2', 'invented', 'Each record comes from a committed row of an outbox.', recordWithoutChange),
  described(
    'I2',
    'invented',
    'What failed left nothing; what nobody knows of left all or nothing.',
    failedOperationLeftTrace,
  ),
  described('I2', 'invented', 'Everything that is there was begun by somebody.', traceWithoutOperation),
  described('I2', 'invented', 'Each effect has an event.', effectWithoutEvent),
  described('I3', 'repeated', 'No event has two effects in one consumer.', effectTwice),
  described('I3', 'repeated', 'No effect is without its dedupe row.', effectWithoutDedupeRow),
  described('I3', 'repeated', 'Where the outside cannot tell a key again, it is called once.', calledTwice),
  described(
    'I4',
    'disordered',
    'An aggregate’s first occurrences are in version order, in one partition.',
    topicOutOfOrder,
  ),
  described('I4', 'disordered', 'Ordered consumers had their effects in version order.', effectsOutOfOrder),
  described('I5', 'diverged', 'Each copy is what its events up to the version applied add up to.', projectionDiverged),
  described('I6', 'zombies', 'A cursor is moved by the process that claimed it last.', cursorMovedByAnother),
  described('I8', 'vanished', 'At each look: accepted = applied + covered + parked.', sumDoesNotHold),
  described('I8', 'vanished', 'What cannot be read is parked by everyone who reads its topic.', strangerVanished),
  described('I10', 'invented', 'An operation that was refused left nothing.', refusedOperationLeftTrace),
];

/** What a run must have met for its verdict to mean something. */
export interface ProofExpectation {
  /** Forms of faults that were to be done, each at least once to work in flight. */
  readonly faults: readonly string[];
  /** Operations that must have succeeded, at least. */
  readonly operations: number;
}

export interface ProofReport {
  readonly verdict: Verdict;
  readonly findings: readonly ProofFinding[];
  /** Each check with how much it found. */
  readonly checks: readonly (Omit<DescribedCheck, 'check'> & { readonly found: number })[];
  /** Why the verdict is `unknown`, where it is. */
  readonly doubts: readonly string[];
  readonly faults: readonly JudgedFault[];
  readonly figures: ProofFigures;
}

export interface ProofFigures {
  readonly operations: { readonly ok: number; readonly failed: number; readonly unknown: number };
  /** Distinct events in the topics. */
  readonly events: number;
  readonly records: number;
  readonly effects: number;
  readonly parked: number;
  /** Effects of consumers in any order that came after one that lies behind them in the log: what held deliveries do. */
  readonly reordered: number;
  /** Looks at the sum of I8. */
  readonly audits: number;
}

/** Two faults that are closer than this may leave no room for an operation, in milliseconds. */
const gapMs = 2_000;
/** The share of the gaps between faults in which an operation must have succeeded. */
const gapShare = 0.8;

/** Runs every check: `invalid` when one found something, else `unknown` when there is a doubt, else `valid`. */
export function judgeProof(evidence: ProofEvidence, expectation: ProofExpectation): ProofReport {
  const facts = factsOf(evidence);
  const results = proofChecks.map(({ check, ...about }) => ({ ...about, findings: check(facts) }));
  const findings = results.flatMap((result) => result.findings);
  const checks = results.map(({ findings: found, ...about }) => ({ ...about, found: found.length }));
  const faults = judgeFaults(evidence);
  const figures = figuresOf(facts);
  const doubts = [
    ...evidence.unread,
    ...(figures.operations.ok < expectation.operations
      ? [`only ${figures.operations.ok} of at least ${expectation.operations} operations succeeded`]
      : []),
    ...expectation.faults
      .filter((form) =>
        form === 'delivery' ? figures.reordered === 0 : !faults.some((fault) => fault.form === form && fault.hit),
      )
      .map((form) => `no fault of the form ${form} hit work in flight`),
    ...stillness(evidence),
  ];
  const verdict = findings.length > 0 ? 'invalid' : doubts.length > 0 ? 'unknown' : 'valid';
  return { verdict, findings, checks, doubts, faults, figures };
}

/** Whether operations succeeded between the faults, or all of them fell on something that had stopped already. */
function stillness({ faults, operations }: ProofEvidence): readonly string[] {
  const succeeded = operations
    .filter(({ outcome, endedAt }) => outcome === 'ok' && endedAt !== undefined)
    .map(({ endedAt = 0 }) => endedAt)
    .toSorted((a, b) => a - b);
  const gaps = faults
    .slice(1)
    .map(({ beganAt }, index) => ({ from: faults[index]?.beganAt ?? 0, to: beganAt }))
    .filter(({ from, to }) => to - from >= gapMs);
  const lively = gaps.filter(({ from, to }) => succeeded.some((at) => from < at && at < to)).length;
  if (lively >= gaps.length * gapShare) return [];
  return [`operations succeeded in only ${lively} of ${gaps.length} gaps between faults`];
}

function figuresOf({ evidence, events, followers }: Facts): ProofFigures {
  const count = (outcome: string) => evidence.operations.filter((operation) => operation.outcome === outcome).length;
  const tables = [...evidence.databases.values()];
  return {
    operations: { ok: count('ok'), failed: count('failed'), unknown: count('unknown') },
    events: events.length,
    records: evidence.records.length,
    effects: tables.reduce((sum, { effects }) => sum + effects.length, 0),
    parked: tables.reduce((sum, { parked }) => sum + parked.length, 0),
    reordered: reorderedOf(followers),
    audits: evidence.audits.length,
  };
}

function reorderedOf(followers: readonly Follower[]): number {
  let count = 0;
  for (const { due, effects, order } of followers) {
    if (order === 'by-entity') continue;
    const placed = due.flatMap((event) => (effects.get(event.id) ?? []).map(({ position }) => ({ event, position })));
    const furthest = new Map<string, bigint>();
    for (const { event } of placed.toSorted((a, b) => (a.position < b.position ? -1 : 1))) {
      const lane = `${event.topic}/${event.partition}`;
      const before = furthest.get(lane) ?? -1n;
      if (event.offset < before) count += 1;
      else furthest.set(lane, event.offset);
    }
  }
  return count;
}
