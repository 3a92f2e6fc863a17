import { describe, expect, it } from 'vitest';
import { RelayReader } from '../../../src/publishing/relay-reader.ts';
import type { Cursor, OutboxRow, PollAnswer, RelaySession } from '../../../src/index.ts';

const shard = (number: number, cursor: Cursor) => ({ shard: number, epoch: 1, read: cursor, validUntil: Infinity });
const fresh = (prev: string): Cursor => ({ prev, backlog: undefined });
const counters = () => ({ published: 0, rejected: 0, retries: 0, polls: 0, saves: 0 });

function session(answer: () => PollAnswer): RelaySession {
  const unused = async () => {
    throw new Error('not expected in this test');
  };
  return {
    listening: true,
    poll: async (groups) => groups.map(() => answer()),
    lowest: async () => 40,
    lease: unused,
    claim: unused,
    release: unused,
    leave: unused,
    held: unused,
    chunk: unused,
    heldRows: unused,
    save: unused,
    maintain: unused,
    close: unused,
  };
}

const read = (answer: () => PollAnswer, ...shards: ReturnType<typeof shard>[]) =>
  new RelayReader(session(answer), 2, counters()).read(shards);

describe('the reader', () => {
  it('refuses a standby, whose snapshots do not list what is running', async () => {
    const standby = read(() => ({ snapshot: '9:9:', standby: true, rows: [] }), shard(0, fresh('5:5:')));
    await expect(standby).rejects.toMatchObject({ code: 'relay.standby' });
  });

  it.each(['9:19:', '8:25:'])('refuses a database that is behind its cursor: %s', async (snapshot) => {
    const behind = read(() => ({ snapshot, standby: false, rows: [] }), shard(0, fresh('9:20:')));
    await expect(behind).rejects.toMatchObject({ code: 'relay.cluster-changed' });
  });

  it('brings groups with different cursors to one snapshot', async () => {
    const shards = [shard(0, fresh('5:5:')), shard(1, fresh('7:7:'))];
    await read(() => ({ snapshot: '9:9:', standby: false, rows: [] }), ...shards);
    expect(shards.map((each) => each.read.prev)).toEqual(['9:9:', '9:9:']);
  });

  it('publishes nothing of a poll that overflowed, and begins its backlog below the lowest row', async () => {
    const rows = [43, 41, 42].map((position) => ({ position, payload: new Uint8Array() }) as OutboxRow);
    const one = shard(0, fresh('5:5:'));
    const batch = await read(() => ({ snapshot: '9:9:', standby: false, rows }), one);
    expect(batch.rows).toEqual([]);
    expect(one.read).toEqual({ prev: '5:5:', backlog: { target: '9:9:', position: 39 } });
  });
});
