/** A shard's lease as the database has it. */
export interface ShardLease {
  readonly shard: number;
  /** `undefined` when nobody holds it, or its holder let it run out. */
  readonly owner: string | undefined;
}

/** What a relay should do about its shards now. */
export interface ShareDecision {
  readonly claim: readonly number[];
  readonly release: readonly number[];
}

/**
 * Fair share among the relays that are alive: each holds floor or ceil of shards/relays. A relay takes free shards up
 * to its share, and gives up what it has above it; it never takes from one that is alive. The relays that get one
 * more are the first by name, so that all decide alike without talking.
 */
export function shareOut(relay: string, alive: readonly string[], leases: readonly ShardLease[]): ShareDecision {
  const members = [...new Set([...alive, relay])].toSorted();
  const rank = members.indexOf(relay);
  const share = Math.floor(leases.length / members.length) + (rank < leases.length % members.length ? 1 : 0);
  const mine = leases.filter((lease) => lease.owner === relay).map((lease) => lease.shard);
  const free = leases.filter((lease) => lease.owner === undefined).map((lease) => lease.shard);
  return { claim: free.slice(0, Math.max(0, share - mine.length)), release: mine.slice(share) };
}
