import type { Mutant } from './mutant.ts';

const at = (file: string): string => `packages/messaging/src/publishing/${file}.ts`;

/** Known mistakes of whoever publishes. */
export const publishingMutants: readonly Mutant[] = [
  {
    name: 'a high-water mark instead of a snapshot as cursor',
    file: at('delta'),
    find: '    inFlight,\n    to:',
    replace: '    inFlight: [],\n    to:',
    why: 'what commits late below the mark is never looked at again',
  },
  {
    name: 'the rows of a delta by their time instead of their position',
    file: at('relay-reader'),
    find: 'for (const row of answer.rows) rows.push(row);',
    replace: 'rows.push(...answer.rows.toSorted((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0)));',
    why: 'a transaction that began earlier may have got the later version',
  },
  {
    name: 'each chunk of a backlog against its own snapshot',
    file: at('relay-reader'),
    find: 'this.#session.chunk(deltaOf({ prev, backlog }), group.shards, limit)',
    replace:
      'this.#session.chunk({ ...deltaOf({ prev, backlog }), to: { xmin: 1n << 60n, xmax: 1n << 60n, inFlight: [] } }, group.shards, limit)',
    why: 'a newer version is published while an older one lies below the position that was passed',
  },
  {
    name: 'a backlog that begins at its lowest new row',
    file: at('relay-reader'),
    find: 'await this.#session.lowest(deltaOf(group.cursor))',
    replace: 'await this.#session.lowest({ ...deltaOf(group.cursor), inFlight: [] })',
    why: 'rows of transactions that were running lie lower, and are passed over',
  },
  {
    name: 'an overflowing poll taken for the whole delta',
    file: at('cursor'),
    find: 'if (poll.rows.length > limit)',
    replace: 'if (poll.rows.length > limit + 1)',
    why: 'what did not fit is never read',
  },
  {
    name: 'renewing leases that were taken over',
    file: at('relay-shards'),
    find: 'if (renewed.has(owned.shard)) owned.validUntil',
    replace: 'if (renewed.has(owned.shard) || true) owned.validUntil',
    why: 'two relays publish the same entity at the same time',
  },
  {
    name: 'publishing after the lease ran out',
    file: at('relay-shards'),
    find: 'return this.holds(owned) && this.#clock.monotonic() < owned.validUntil;',
    replace: 'return this.holds(owned);',
    why: 'a process that stood still publishes beside its successor',
  },
  {
    name: 'marking as done before publishing',
    file: at('relay-run'),
    find: '    this.#note(batch);\n',
    replace: "    this.#note(batch);\n    this.#saver.done(batch.moves, true);\n    await this.#saver.save('now');\n",
    why: 'what was marked and not published yet is lost with the process',
  },
  {
    name: 'sending ahead of the last acknowledgement',
    file: at('relay-run'),
    find: 'const batch = await this.#reader.read(shards);\n        await inFlight;',
    replace: 'const batch = await this.#reader.read(shards);',
    why: 'a later version may be in the log before an earlier one that is sent again',
  },
  {
    name: 'keeping cursors in memory across a reconnect',
    file: at('relay-shards'),
    find: '{ shard, epoch, read: cursor, validUntil: before + this.#leaseMs }',
    replace: `(() => {
        const all = ((globalThis as never as { kept?: WeakMap<object, Map<number, never>> }).kept ??= new WeakMap());
        const kept = all.get(this.#clock) ?? new Map<number, never>();
        all.set(this.#clock, kept);
        return {
          shard,
          epoch,
          get read() {
            return kept.get(shard) ?? cursor;
          },
          set read(to) {
            kept.set(shard, to as never);
          },
          validUntil: before + this.#leaseMs,
        };
      })()`,
    why: 'a database that crashed draws transaction ids again which the cursor has passed',
  },
  {
    name: 'a hold that is not saved with the cursor',
    file: at('cursor-saver'),
    find: 'await this.#session.save(cursors, this.#held.takeUnsaved())',
    replace: 'await this.#session.save(cursors, { ...this.#held.takeUnsaved(), held: [] })',
    why: 'after a restart nobody knows that an event was passed over',
  },
  {
    name: 'letting later events pass one that is held',
    file: at('held-book'),
    find: 'row.aggregateVersion >= held.fromVersion',
    replace: 'row.aggregateVersion === held.fromVersion',
    why: 'versions are published out of order',
  },
];
