import type { FlowNow, Overview } from '@waybill/service/operations';
import { grouped, percent } from '../words/counting.ts';
import { durationWords } from '../words/durations.ts';

type ToZero = FlowNow['toZero'];

/** When a backlog is gone: `empties in 4 min`, `grows`, `at rest`; `not known yet` with too few samples. */
export function zeroWords({ state, ms }: ToZero): string {
  switch (state) {
    case 'at-rest':
      return 'at rest';
    case 'empties':
      return `empties in ${durationWords(ms ?? 0)}`;
    case 'grows':
      return 'grows';
    case 'stands':
      return 'neither grows nor shrinks';
    case 'not-known':
      return 'not known yet';
  }
}

/** How far behind a flow is: `12 s behind`, `at least 3 min behind`; undefined when nothing waits in the log. */
export function lagWords({ lagMs, lagKnown }: Pick<FlowNow, 'lagMs' | 'lagKnown'>): string | undefined {
  if (lagMs === undefined) return undefined;
  return `${lagKnown === 'at-least' ? 'at least ' : ''}${durationWords(lagMs)} behind`;
}

/** What is promised: `99 % within 2 s`. */
export function promiseWords({ share, visibleWithinMs }: FlowNow['objective']): string {
  return `${(share * 100).toLocaleString('en', { maximumFractionDigits: 2 })} % within ${durationWords(visibleWithinMs)}`;
}

/** How much of the day's budget of late events is used up: `12 % of its budget burnt`. */
export function budgetWords(burnt: number): string {
  if (burnt > 10) return `${grouped(Math.round(burnt))} times its budget burnt`;
  return `${percent(burnt)} of its budget burnt`;
}

/** How many a second, with as many digits as say something: `12`, `0.4`, `0`. */
export function rateWords(perSecond: number): string {
  if (perSecond === 0) return '0';
  if (perSecond < 0.05) return '< 0.1';
  return perSecond < 10 ? (Math.round(perSecond * 10) / 10).toString() : grouped(Math.round(perSecond));
}

/** Whether a flow does not do what is promised of it. */
export function isLate(flow: FlowNow | undefined): boolean {
  return flow?.objective.state === 'missed';
}

/** The dependencies of a consumer that are left alone. */
export function brokenBreakers({ breakers }: Overview['consumers'][number]) {
  return breakers.filter(({ state }) => state !== 'closed');
}
