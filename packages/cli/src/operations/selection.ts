import {
  type JobPace,
  parkedQuery,
  parkedSelection,
  type ParkedSelection,
  startJob,
  type StartJob,
} from '@waybill/service/operations';
import { checked } from './checked.ts';
import { UsageError } from './errors.ts';

/** The options that say which parked entries are meant. */
export interface SelectionFlags {
  readonly consumer?: string;
  readonly state?: string;
  readonly fingerprint?: string;
  readonly type?: string;
  readonly entity?: string;
  readonly correlation?: string;
}

/** The options that say how fast a job goes. */
export interface PaceFlags {
  readonly rate?: number;
  readonly canary?: number;
}

export interface ReplayFlags extends PaceFlags {
  readonly consumer: string;
  readonly topic: string;
  readonly type?: readonly string[];
  readonly entity?: string;
  readonly correlation?: string;
  readonly since?: string;
  readonly until?: string;
  /** Compares the consumer's declared handlers with its living ones, and gives it nothing. */
  readonly shadow?: true;
}

/** @throws UsageError that names the option that is wrong. */
export function selectionOf(flags: SelectionFlags): ParkedSelection {
  return checked(parkedSelection, fieldsOf(flags));
}

/** One page of a list: the selection as a query. `limit` is 1 to 200. */
export function pageQuery(
  selection: ParkedSelection,
  page: { readonly limit: number; readonly after: string | undefined },
): Readonly<Record<string, string | number | undefined>> {
  return checked(parkedQuery, given({ ...selection, ...page }));
}

/**
 * The job that tries dead entries of a consumer again.
 * @throws UsageError when nothing narrows it and `--all` was not given, or when an option is wrong.
 */
export function redriveJob(flags: SelectionFlags & PaceFlags & { readonly all?: true }, reason: string): StartJob {
  const { fingerprint, type, entity, correlation } = flags;
  const isNarrowed = [fingerprint, type, entity, correlation].some((value) => value !== undefined);
  if (flags.consumer === undefined)
    throw new UsageError('Say which entries: their ids, or --consumer with --fingerprint, or with --all.');
  if (!isNarrowed && flags.all !== true)
    throw new UsageError(
      `This would be everything of ${flags.consumer} that is dead. Narrow it by --fingerprint, --type, --entity or --correlation, or say --all.`,
    );
  if (isNarrowed && flags.all === true)
    throw new UsageError('--all is everything of the consumer. Leave it out, or what narrows it.');
  const selection = fieldsOf({ ...flags, state: 'dead' });
  return checked(startJob, { kind: 'redrive', selection, pace: paceOf(flags), reason });
}

/**
 * The job that gives published events to one consumer again, or runs its shadow on them.
 * @throws UsageError that names the option that is wrong.
 */
export function replayJob(flags: ReplayFlags, reason: string): StartJob {
  const { consumer, topic, type, entity, correlation, since, until } = flags;
  if (since !== undefined && until !== undefined && since >= until)
    throw new UsageError('--since must be before --until.');
  const selection = given({ topic, types: type, aggregateId: entity, correlationId: correlation, since, until });
  return checked(startJob, {
    ...{ kind: flags.shadow === true ? 'shadow' : 'replay', consumer, selection, pace: paceOf(flags), reason },
  });
}

/** The job that makes a projection anew. @throws UsageError that names the option that is wrong. */
export function rebuildJob({ consumer, rate }: PaceFlags & { readonly consumer: string }, reason: string): StartJob {
  return checked(startJob, { kind: 'rebuild', consumer, pace: given({ perSecond: rate }), reason });
}

function fieldsOf({ consumer, state, fingerprint, type, entity, correlation }: SelectionFlags) {
  return given({ consumer, state, fingerprint, type, aggregateId: entity, correlationId: correlation });
}

/** What the options say of the pace; the rest is the service's default. */
function paceOf({ rate, canary }: PaceFlags): Partial<JobPace> {
  return given({ perSecond: rate, canary });
}

function given<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
