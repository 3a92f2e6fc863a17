import { type GroupOfService, shownGroups } from '../domain/failure-groups.ts';
import type { FailureSearch, Heard, KnownFailure, KnownFailures, KnownPause } from './known-failures.ts';
import type { ServiceLooks } from './service-looks.ts';

/** A service that does not answer, and as of when is known what is shown of it. */
export interface SilentService {
  readonly service: string;
  /** When it answered last; absent when it never did. */
  readonly asOf?: string;
}

/** What every list of failures says beside them. */
interface Known {
  readonly silent: readonly SilentService[];
  /** Their names alone. */
  readonly unreachable: readonly string[];
}

export interface FailuresOptions {
  readonly names: readonly string[];
  readonly known: KnownFailures;
  readonly looks: ServiceLooks;
}

/**
 * Milliseconds that a list waits for the services that answer at once, so that it shows what was done a moment ago; one that
 * does not answer holds nobody up.
 */
const waitsForMs = 400;

/** The failure groups of all services, and of those that do not answer the pauses that were told of. */
export async function allFailures(
  options: FailuresOptions,
): Promise<Known & { readonly groups: readonly GroupOfService[]; readonly pauses: readonly KnownPause[] }> {
  const { known, names } = options;
  await soon(options.looks.look());
  const [{ heard, told }, groups] = await Promise.all([known.heard(names), known.groups(names)]);
  const silent = silentOf(heard);
  return { groups: shownGroups(told, groups), ...silent, pauses: await known.pauses(silent.unreachable) };
}

/** Failed events of all services. */
export async function searchedFailures(
  options: FailuresOptions,
  search: FailureSearch,
): Promise<
  Known & { readonly entries: readonly KnownFailure[]; readonly total: number; readonly next: string | undefined }
> {
  const { known, names } = options;
  await soon(options.looks.look());
  const [{ heard }, found] = await Promise.all([known.heard(names), known.search(names, search)]);
  return { ...found, ...silentOf(heard) };
}

function silentOf(heard: readonly Heard[]): Known {
  const silent = heard
    .filter(({ silentSince }) => silentSince !== undefined)
    .map(({ service, answeredAt }) => ({
      service,
      ...(answeredAt === undefined ? {} : { asOf: answeredAt.toISOString() }),
    }));
  return { silent, unreachable: silent.map(({ service }) => service) };
}

async function soon(work: Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, waitsForMs, undefined);
  await Promise.race([work, promise]);
  clearTimeout(timer);
}
