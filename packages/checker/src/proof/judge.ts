import type { Verdict } from '../report.ts';
import { projectionDiverged } from './checks/diverged.ts';
import { effectsOutOfOrder, topicOutOfOrder } from './checks/disordered.ts';
import {
  effectWithoutEvent,
  failedOperationLeftTrace,
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

/** Every check of a run, with what it is for people. */
export const proofChecks: readonly { readonly check: ProofCheck; readonly promise: ProofFinding['promise'] }[] = [
  { check: operationLost, promise: 'I1' },
  { check: versionWithoutRecord, promise: 'I1' },
  { check: eventWithoutRecord, promise: 'I1' },
  { check: eventWithoutEffect, promise: 'I1' },
  { check: handledWithoutEffect, promise: 'I1' },
  { check: accountDiverged, promise: 'I1' },
  { check: recordWithoutChange, promise: 'I2' },
  { check: failedOperationLeftTrace, promise: 'I2' },
  { check: traceWithoutOperation, promise: 'I2' },
  { check: effectWithoutEvent, promise: 'I2' },
  { check: effectTwice, promise: 'I3' },
  { check: effectWithoutDedupeRow, promise: 'I3' },
  { check: calledTwice, promise: 'I3' },
  { check: topicOutOfOrder, promise: 'I4' },
  { check: effectsOutOfOrder, promise: 'I4' },
  { check: projectionDiverged, promise: 'I5' },
  { check: cursorMovedByAnother, promise: 'I6' },
  { check: sumDoesNotHold, promise: 'I8' },
  { check: strangerVanished, promise: 'I8' },
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
  const findings = proofChecks.flatMap(({ check }) => check(facts));
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
  return { verdict, findings, doubts, faults, figures };
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
