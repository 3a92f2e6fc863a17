import { randomUUID } from 'node:crypto';
import type { OutgoingRecord, Publisher, SendOutcome } from '@waybill/messaging';
import type { LogWorkbench, TestApi } from './workbench.ts';

/** Java's `murmur2(key) & 0x7fffffff`, as Apache Kafka's own class computes it. */
export const javaMurmur2: readonly (readonly [key: string, hash: number])[] = [
  ['', 275646681],
  ['a', 584102524],
  ['ab', 316155434],
  ['abc', 479470107],
  ['abcd', 823834100],
  ['abcde', 461995741],
  ['21', 1173551340],
  ['foobar', 1357151166],
  ['order-1', 1221710326],
  ['acme/order-1', 795957677],
  ['Grüße', 1190824359],
  ['ключ', 2122343024],
  ['日本語のキー', 1412807942],
  ['0192f3a4-7b6c-7def-8a1b-2c3d4e5f6071', 703173698],
];

/**
 * What every {@link Publisher} must do, against a real broker.
 * @param workbench called when the first test runs.
 * @example publisherConformance({ describe, it, expect }, 'Kafka', () => workbench);
 */
export function publisherConformance(
  { describe, it, expect }: TestApi,
  name: string,
  workbench: () => LogWorkbench,
): void {
  describe(`${name} as a publisher`, () => {
    it('acknowledges records and keeps key, value and headers', async () => {
      const topic = await workbench().createTopic(3);
      const outcomes = await sending(workbench(), (publisher) =>
        publisher.send([
          { topic, key: 'ключ', value: new Uint8Array([0, 255, 7]), headers: { ce_id: 'x', note: 'Grüße', empty: '' } },
        ]),
      );
      expect(outcomes).toEqual([{ status: 'acknowledged' }]);
      const [record] = await workbench().readTopic(topic);
      expect(record?.key).toBe('ключ');
      expect([...(record?.value ?? [])]).toEqual([0, 255, 7]);
      expect(record?.headers).toEqual({ ce_id: 'x', note: 'Grüße', empty: '' });
    });

    it('answers nothing for nothing', async () => {
      expect(await sending(workbench(), (publisher) => publisher.send([]))).toEqual([]);
    });

    it('puts a key on the partition that Java does', async () => {
      const topic = await workbench().createTopic(7);
      const records = javaMurmur2.map(([key]) => text(topic, key, key));
      expect(statuses(await sending(workbench(), (publisher) => publisher.send(records)))).toEqual(
        records.map(() => 'acknowledged'),
      );
      const found = new Map((await workbench().readTopic(topic)).map(({ key, partition }) => [key, partition]));
      expect(found).toEqual(new Map(javaMurmur2.map(([key, hash]) => [key, hash % 7])));
    });

    it('keeps the order of each key over many calls', async () => {
      const topic = await workbench().createTopic(4);
      const records = Array.from({ length: 2_000 }, (_, index) => text(topic, `key-${index % 37}`, String(index)));
      await sending(workbench(), async (publisher) => {
        for (let from = 0; from < records.length; from += 250) {
          const outcomes = await publisher.send(records.slice(from, from + 250));
          expect(new Set(statuses(outcomes))).toEqual(new Set(['acknowledged']));
        }
      });
      expect(await valuesByKey(workbench(), topic)).toEqual(expectedByKey(records));
    });

    it('sends more at once than one batch of a partition may hold', async () => {
      const topic = await workbench().createTopic(1);
      const records = Array.from({ length: 40 }, (_, index) =>
        padded(topic, `key-${index % 3}`, String(index), 100_000),
      );
      const outcomes = await sending(workbench(), (publisher) => publisher.send(records));
      expect(new Set(statuses(outcomes))).toEqual(new Set(['acknowledged']));
      expect(await valuesByKey(workbench(), topic)).toEqual(expectedByKey(records));
    });

    it('rejects a record that is too large and acknowledges its neighbours', async () => {
      const topic = await workbench().createTopic(2);
      const records = Array.from({ length: 30 }, (_, index) =>
        index === 11 ? padded(topic, 'large', 'large', 2_000_000) : text(topic, `key-${index % 5}`, String(index)),
      );
      const outcomes = await sending(workbench(), (publisher) => publisher.send(records));
      expect(outcomes[11]).toMatchObject({ status: 'rejected', code: 'MESSAGE_TOO_LARGE' });
      expect(new Set(statuses(outcomes.filter((_, index) => index !== 11)))).toEqual(new Set(['acknowledged']));
      expect(await firstValuesByKey(workbench(), topic)).toEqual(
        expectedByKey(records.filter((_, index) => index !== 11)),
      );
    });

    it('does not let a record overtake a rejected one of its key', async () => {
      const topic = await workbench().createTopic(1);
      const outcomes = await sending(workbench(), (publisher) =>
        publisher.send([
          text(topic, 'a', '1'),
          padded(topic, 'a', '2', 2_000_000),
          text(topic, 'a', '3'),
          text(topic, 'b', '1'),
        ]),
      );
      expect(statuses(outcomes)).toEqual(['acknowledged', 'rejected', 'unavailable', 'acknowledged']);
      expect(await firstValuesByKey(workbench(), topic)).toEqual({ a: ['1'], b: ['1'] });
    });

    it('goes on after a rejected record', async () => {
      const topic = await workbench().createTopic(1);
      await sending(workbench(), async (publisher) => {
        await publisher.send([padded(topic, 'a', '1', 2_000_000)]);
        expect(statuses(await publisher.send([text(topic, 'b', '1'), text(topic, 'b', '2')]))).toEqual([
          'acknowledged',
          'acknowledged',
        ]);
      });
      expect(await firstValuesByKey(workbench(), topic)).toEqual({ b: ['1', '2'] });
    });

    it('calls an unknown topic unavailable, and the records of other topics are not touched by it', async () => {
      const topic = await workbench().createTopic(2);
      const unknown = `unknown.${randomUUID()}`;
      const outcomes = await sending(workbench(), (publisher) =>
        publisher.send([
          text(unknown, 'a', '1'),
          text(topic, 'a', '1'),
          text(unknown, 'b', '1'),
          text(topic, 'b', '1'),
        ]),
      );
      expect(statuses(outcomes)).toEqual(['unavailable', 'acknowledged', 'unavailable', 'acknowledged']);
      expect(outcomes[0]).toMatchObject({ code: 'UNKNOWN_TOPIC_OR_PARTITION' });
    });

    it('answers unavailable once it was closed', async () => {
      const topic = await workbench().createTopic(1);
      const publisher = workbench().makePublisher();
      await publisher.send([text(topic, 'a', '1')]);
      await publisher.close();
      expect(statuses(await publisher.send([text(topic, 'a', '2')]))).toEqual(['unavailable']);
    });
  });
}

async function sending<T>(workbench: LogWorkbench, use: (publisher: Publisher) => Promise<T>): Promise<T> {
  const publisher = workbench.makePublisher();
  try {
    return await use(publisher);
  } finally {
    await publisher.close();
  }
}

function statuses(outcomes: readonly SendOutcome[]): string[] {
  return outcomes.map(({ status }) => status);
}

function text(topic: string, key: string, value: string): OutgoingRecord {
  return { topic, key, value: Buffer.from(value), headers: { ce_id: value } };
}

/** A record whose header tells what it is, since its body is only ballast. */
function padded(topic: string, key: string, id: string, bytes: number): OutgoingRecord {
  return { topic, key, value: Buffer.alloc(bytes, id), headers: { ce_id: id } };
}

function expectedByKey(records: readonly OutgoingRecord[]): Record<string, string[]> {
  const byKey = Map.groupBy(records, ({ key }) => key);
  return Object.fromEntries([...byKey].map(([key, all]) => [key, all.map(({ headers }) => headers['ce_id'] ?? '')]));
}

async function valuesByKey(workbench: LogWorkbench, topic: string): Promise<Record<string, string[]>> {
  const byKey = Map.groupBy(await workbench.readTopic(topic), ({ key }) => key ?? '');
  return Object.fromEntries([...byKey].map(([key, all]) => [key, all.map(({ headers }) => headers['ce_id'] ?? '')]));
}

/** By first occurrence: after a failure a record may be in the log twice. */
async function firstValuesByKey(workbench: LogWorkbench, topic: string): Promise<Record<string, string[]>> {
  return Object.fromEntries(
    Object.entries(await valuesByKey(workbench, topic)).map(([key, ids]) => [key, [...new Set(ids)]]),
  );
}
