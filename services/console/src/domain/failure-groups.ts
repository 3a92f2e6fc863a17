/** Failures of one service that have the same fingerprint at the same consumer, as its operations API shows them. */
export interface FailureGroup {
  readonly fingerprint: string;
  readonly consumer: string;
  readonly types: readonly string[];
  readonly errorType: string;
  readonly errorCode: string;
  readonly message: string;
  readonly entries: number;
  readonly dead: number;
  readonly retrying: number;
  readonly blockedEntities: number;
  readonly blockedEvents: number;
  readonly firstAt: string;
  readonly lastAt: string;
  /** By hour, oldest first, of the last 24. */
  readonly hours: readonly number[];
}

/** A group as facts tell of it; it has no entries when all that it had are done with. */
export interface KnownGroup extends FailureGroup {
  readonly service: string;
  /** When the console last learnt anything of one of its entries. */
  readonly touchedAt: Date;
  /** Entries of which their number at the service is not known. */
  readonly unnumbered: number;
}

/** The groups of a service, as it told them last. */
export interface ToldGroups {
  readonly service: string;
  /** When it was asked. */
  readonly at: Date;
  readonly groups: readonly FailureGroup[];
  /** Whether these are all that it has. */
  readonly extent: 'all' | 'worst';
}

export type GroupOfService = FailureGroup & { readonly service: string };

/**
 * The groups that are shown. A service's own answer counts; what facts told since counts more, but for what only the service
 * knows: how many events stand behind, and how often it was tried in each hour. So nothing gets lost that failed before
 * there were facts, and what failed a moment ago is not missing.
 */
export function shownGroups(told: readonly ToldGroups[], known: readonly KnownGroup[]): readonly GroupOfService[] {
  const answers = new Map(told.map((one) => [one.service, one]));
  const byKey = new Map(known.map((group) => [groupKey(group), group]));
  const ofServices = told.flatMap(({ service, at, groups }) =>
    groups.flatMap((group): readonly GroupOfService[] => {
      const own = { ...group, service };
      const facts = byKey.get(groupKey(own));
      if (facts === undefined || facts.touchedAt <= at) return [own];
      return facts.entries === 0 ? [] : [{ ...groupOf(facts), blockedEvents: group.blockedEvents, hours: group.hours }];
    }),
  );
  const named = new Set(ofServices.map(groupKey));
  const toldOf = new Set(told.flatMap(({ service, groups }) => groups.map((one) => groupKey({ ...one, service }))));
  const others = known.filter((group) => {
    const answer = answers.get(group.service);
    const key = groupKey(group);
    if (group.entries === 0 || named.has(key) || toldOf.has(key)) return false;
    // The service would have told of it.
    return answer === undefined || answer.extent === 'worst' || group.touchedAt > answer.at;
  });
  return [...ofServices, ...others.map(groupOf)];
}

/**
 * Of a service's answer the groups whose entries are not all known, or of which more is known than there are. Of a group that
 * has more than `most`, that many are enough.
 */
export function unevenGroups(
  { service, groups }: Pick<ToldGroups, 'service' | 'groups'>,
  known: readonly KnownGroup[],
  most: number,
): readonly FailureGroup[] {
  const byKey = new Map(known.map((group) => [groupKey(group), group]));
  return groups.filter((group) => {
    const own = byKey.get(groupKey({ ...group, service }));
    if (own === undefined || group.entries > most) return (own?.entries ?? 0) < Math.min(most, group.entries);
    return own.dead !== group.dead || own.retrying !== group.retrying || own.unnumbered > 0;
  });
}

function groupKey(group: Pick<GroupOfService, 'service' | 'consumer' | 'fingerprint'>): string {
  return JSON.stringify([group.service, group.consumer, group.fingerprint]);
}

function groupOf({ touchedAt: _touched, unnumbered: _unnumbered, ...group }: KnownGroup): GroupOfService {
  return group;
}
