import { aggregateOverPartitions, projectionWentBack, topicOutOfOrder } from './checks/disordered.ts';
import { projectionDiverged } from './checks/diverged.ts';
import { effectWithoutEvent, recordWithoutChange } from './checks/invented.ts';
import { eventWithoutEffect, eventWithoutRecord, orderWithoutRow } from './checks/lost.ts';
import { effectTwice, mailTwice, moneyMovedTwice } from './checks/repeated.ts';
import { orderEndedBothWays, orderNotEnded, paymentDisagrees } from './checks/unended.ts';
import type { Evidence } from './evidence.ts';
import { figuresOf, type Figures } from './figures.ts';
import type { Check, Finding } from './finding.ts';

export const checks: readonly Check[] = [
  orderWithoutRow,
  eventWithoutRecord,
  eventWithoutEffect,
  recordWithoutChange,
  effectWithoutEvent,
  effectTwice,
  mailTwice,
  moneyMovedTwice,
  topicOutOfOrder,
  aggregateOverPartitions,
  projectionWentBack,
  projectionDiverged,
  orderNotEnded,
  orderEndedBothWays,
  paymentDisagrees,
];

/** What a run must have met for its verdict to mean something. */
export interface Expectation {
  /** Whether duplicates, late events and reconciliations were provoked. */
  readonly faults: 'provoked' | 'none';
}

export type Verdict = 'valid' | 'invalid' | 'unknown';

export interface Report {
  readonly figures: Figures & {
    readonly duplicateEffects: number;
    readonly lost: number;
    readonly invented: number;
  };
  readonly verdict: Verdict;
  /** Every violation, in the order of the promises. */
  readonly findings: readonly Finding[];
  /** Why the verdict is `unknown`, where it is. */
  readonly doubts: readonly string[];
}

/**
 * Runs every check. `invalid` when one found a violation; else `unknown` when there is a reason not to trust that
 * (something could not be read, nothing was accepted, or the faults that were provoked did not show); else `valid`.
 */
export function report(evidence: Evidence, expectation: Expectation): Report {
  const findings = checks.flatMap((check) => check(evidence));
  const figures = figuresOf(evidence);
  const doubts = [
    ...evidence.unread,
    ...(figures.orders === 0 ? ['no order was accepted'] : []),
    ...unseen(figures, expectation),
  ];
  const distinctIds = (prefix: string) =>
    new Set(findings.filter(({ code }) => code.startsWith(prefix)).flatMap(({ ids }) => ids)).size;
  return {
    figures: {
      ...figures,
      duplicateEffects: findings.filter(({ promise }) => promise === 'I3').length,
      lost: distinctIds('lost.'),
      invented: distinctIds('invented.'),
    },
    verdict: findings.length > 0 ? 'invalid' : doubts.length > 0 ? 'unknown' : 'valid',
    findings,
    doubts,
  };
}

function unseen(figures: Figures, { faults }: Expectation): readonly string[] {
  if (faults === 'none') return [];
  return [
    ...(figures.duplicateDeliveries === 0 ? ['no event was delivered twice'] : []),
    ...(figures.outOfOrderDeliveries === 0 ? ['no event was delivered out of order'] : []),
    ...(figures.reconciledFromSnapshot === 0 ? ['no entity was reconciled from a snapshot'] : []),
  ];
}
