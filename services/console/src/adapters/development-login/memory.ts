import type { Adapter, AdapterPayload } from 'oidc-provider';

interface Kept {
  readonly payload: AdapterPayload;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** What the development login knows, in this process alone: it is forgotten when that ends. */
export function memory(): (model: string) => Adapter {
  const all = new Map<string, Kept>();

  const living = (key: string): AdapterPayload | undefined => {
    const kept = all.get(key);
    return kept !== undefined && kept.until > Date.now() ? kept.payload : undefined;
  };
  const forget = (unwanted: (kept: Kept) => boolean) => {
    for (const [key, kept] of all) if (unwanted(kept)) all.delete(key);
  };

  return (model) => {
    const keyOf = (id: string) => `${model}:${id}`;
    return {
      async upsert(id, payload, expiresIn) {
        forget(({ until }) => until <= Date.now());
        // Whoever comes next is asked who they are, also right after having been somebody else.
        if (model === 'Session' && payload.accountId !== undefined) return;
        all.set(keyOf(id), { payload, until: Date.now() + (expiresIn ?? 3_600) * 1_000 });
      },
      find: async (id) => living(keyOf(id)),
      async findByUid(uid) {
        return [...all.values()].find(({ payload }) => payload.kind === model && payload.uid === uid)?.payload;
      },
      // Only the device flow has user codes, which this login does not offer.
      findByUserCode: async () => undefined,
      async consume(id) {
        const payload = living(keyOf(id));
        if (payload !== undefined) payload['consumed'] = Math.floor(Date.now() / 1_000);
      },
      async destroy(id) {
        all.delete(keyOf(id));
      },
      async revokeByGrantId(grantId) {
        forget(({ payload }) => payload.grantId === grantId);
      },
    };
  };
}
