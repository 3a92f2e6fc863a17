import { z } from 'zod';
import { type FailureGroup, type ToldGroups, unevenGroups } from '../domain/failure-groups.ts';
import { failureGroupShape } from './failure-group-shape.ts';
import type { KnownFailures, ListedEntry } from './known-failures.ts';
import { type Asker, noQuery, type Services } from './services.ts';

/** Groups hold nobody's data unmasked and are the same for all, so they are asked for in the console's own name. */
const asker: Asker = { id: 'waybill-console', roles: ['viewer'] };

/** Milliseconds for which a look serves all who ask. */
const freshMs = 1_000;
/** Groups of a service whose entries are listed at one look, at most: each costs it some requests. */
const mostListed = 20;
/** Pages of a group's list, at most; the rest is known by facts alone. */
const mostPages = 10;
const pageSize = 200;
/** Milliseconds before a group is listed anew: most differences are facts that are under way. */
const listAgainMs = 30_000;
/** As many as a service answers with. */
const mostGroups = 200;

const failuresShape = z.object({ groups: z.array(failureGroupShape) });
const listShape = z.object({
  entries: z.array(
    z.looseObject({
      ...{ id: z.string(), state: z.enum(['waiting', 'retrying', 'dead']), tenant: z.string() },
      ...{ aggregateType: z.string(), aggregateId: z.string(), version: z.int(), type: z.string() },
      ...{ eventId: z.string(), correlationId: z.string().optional(), errorCode: z.string().optional() },
      ...{ message: z.string().optional(), attempts: z.int(), redriven: z.int(), holdsEntity: z.boolean() },
      ...{ parkedAt: z.string(), failedAt: z.string().optional() },
    }),
  ),
  next: z.string().optional(),
});

/** Looks at all services, and brings what is known of their failures in line with what they say. */
export interface ServiceLooks {
  /** Resolves when each has answered, or did not in time; many who ask at a time share a look. Never rejects. */
  look(): Promise<void>;
}

export interface ServiceLooksOptions {
  readonly services: Services;
  readonly known: KnownFailures;
  /** Told of what could not be written. */
  readonly failed: (error: unknown) => void;
  readonly now?: () => Date;
}

export function serviceLooks({ services, known, failed, now = () => new Date() }: ServiceLooksOptions): ServiceLooks {
  let last: { readonly at: number; readonly done: Promise<void> } | undefined;
  const listedAt = new Map<string, number>();
  const isDue =
    (service: string) =>
    ({ consumer, fingerprint }: FailureGroup): boolean =>
      now().getTime() - (listedAt.get(`${service} ${consumer} ${fingerprint}`) ?? 0) >= listAgainMs;
  const lookAt = async (service: string): Promise<void> => {
    const at = now();
    const parse = (answer: unknown) => failuresShape.parse(answer);
    const said = await services.ask(service, { asker, path: 'failures', query: noQuery, parse });
    if ('problem' in said) return known.noteLook({ service, silentSince: at });
    const { groups } = said.answer;
    const told: ToldGroups = { service, at, groups, extent: groups.length < mostGroups ? 'all' : 'worst' };
    await known.noteLook(told);
    const uneven = unevenGroups(told, await known.groups([service]), mostPages * pageSize);
    for (const group of uneven.filter(isDue(service)).slice(0, mostListed)) await list(told, group);
    await known.noteGone(told);
  };
  /** What failed before there were facts, what got lost of them, and the numbers that they did not tell. */
  const list = async (
    { service, at }: ToldGroups,
    { consumer, fingerprint, errorType }: FailureGroup,
  ): Promise<void> => {
    const begun = now().getTime();
    for (const [group, before] of listedAt) if (begun - before >= listAgainMs) listedAt.delete(group);
    listedAt.set(`${service} ${consumer} ${fingerprint}`, begun);
    const entries: ListedEntry[] = [];
    let after: string | undefined;
    for (let page = 0; page < mostPages; page += 1) {
      const place = after === undefined ? {} : { after };
      const query = () => new URLSearchParams({ consumer, fingerprint, limit: String(pageSize), ...place });
      const said = await services.ask(service, { asker, path: 'parked', query, parse: (one) => listShape.parse(one) });
      if ('problem' in said) return;
      entries.push(...said.answer.entries.flatMap(listedOf));
      after = said.answer.next;
      if (after === undefined) break;
    }
    const extent = after === undefined ? 'all' : 'some';
    await known.noteListing({ service, group: { consumer, fingerprint, errorType }, askedAt: at, entries, extent });
  };
  return {
    look() {
      const at = now().getTime();
      if (last !== undefined && at - last.at < freshMs) return last.done;
      const done = Promise.all(services.names.map((service) => lookAt(service).catch(failed))).then(() => undefined);
      last = { at, done };
      return done;
    },
  };
}

/** A redriven entry that was not tried yet is told apart from one that fails. */
function listedOf(entry: z.output<typeof listShape>['entries'][number]): readonly ListedEntry[] {
  const { state, redriven, attempts } = entry;
  if (state === 'waiting') return [];
  return [{ ...entry, state: state === 'retrying' && redriven > 0 && attempts === 0 ? 'redriven' : state }];
}
