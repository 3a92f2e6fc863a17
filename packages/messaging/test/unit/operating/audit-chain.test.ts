import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AuditEntry,
  type AuditHead,
  type AuditRecord,
  AuditVerifier,
  emptyTrail,
  nextAuditEntry,
  verifyAgainstPublished,
} from '../../../src/operating/audit-chain.ts';

const text = fc.string({ maxLength: 20 });
const record: fc.Arbitrary<AuditRecord> = fc.record({
  at: fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }),
  actor: text,
  approvedBy: fc.option(text, { nil: undefined }),
  action: text,
  target: text,
  reason: fc.option(text, { nil: undefined }),
  details: fc.json(),
  result: text,
});
const trails = fc.array(record, { minLength: 2, maxLength: 20 }).map(trailOf);

function trailOf(records: readonly AuditRecord[]): readonly AuditEntry[] {
  const entries: AuditEntry[] = [];
  for (const each of records) entries.push(nextAuditEntry(entries.at(-1) ?? emptyTrail, each));
  return entries;
}

function verified(entries: readonly AuditEntry[], head: AuditHead) {
  const verifier = new AuditVerifier();
  for (const entry of entries) verifier.add(entry);
  verifier.end(head);
  return verifier.state.problem;
}

function lastOf(entries: readonly AuditEntry[]): AuditEntry {
  const last = entries.at(-1);
  if (last === undefined) throw new Error('a trail without entries');
  return last;
}

describe('an audit trail', () => {
  test('fits, as it was written', () => {
    fc.assert(
      fc.property(trails, (entries) => {
        expect(verified(entries, lastOf(entries))).toBeUndefined();
      }),
    );
  });

  test('shows an entry that was changed, wherever it is and whatever of it', () => {
    const fields = fc.constantFrom('actor', 'action', 'target', 'result', 'reason', 'approvedBy', 'details');
    fc.assert(
      fc.property(trails, fc.nat(), fields, (entries, at, field) => {
        const index = at % entries.length;
        const changed = entries.map((entry, place) =>
          place === index ? { ...entry, [field]: `${entry[field as 'actor']}!` } : entry,
        );
        expect(verified(changed, lastOf(entries))).toMatchObject({ seq: index + 1 });
      }),
    );
  });

  test('shows an entry that is missing, also the last ones', () => {
    fc.assert(
      fc.property(trails, fc.nat(), (entries, at) => {
        const index = at % entries.length;
        expect(verified(entries.toSpliced(index, 1), lastOf(entries))).toMatchObject({ seq: index + 1 });
      }),
    );
  });

  test('shows entries that changed places, and ones that were written anew behind a change', () => {
    fc.assert(
      fc.property(trails, record, (entries, other) => {
        const [first, second, ...rest] = entries;
        if (first === undefined || second === undefined) throw new Error('too short');
        expect(verified([second, first, ...rest], lastOf(entries))).toBeDefined();
        // Who may write the whole table can make a trail that fits in itself; the head that is kept elsewhere tells.
        const forged = trailOf([other, ...entries.slice(1)]);
        fc.pre(lastOf(forged).hash !== lastOf(entries).hash);
        expect(verified(forged, lastOf(entries))).toBeDefined();
      }),
    );
  });
});

describe('a trail against the heads that were published of it', () => {
  const picked = fc.tuple(trails, fc.array(fc.nat(), { minLength: 1, maxLength: 8 })).map(([entries, places]) => ({
    entries,
    heads: places.map((place): AuditHead => {
      const { seq, hash } = entries[place % entries.length] ?? lastOf(entries);
      return { seq, hash };
    }),
  }));

  test('fits when nobody touched it, however much was added since', () => {
    fc.assert(fc.property(picked, ({ entries, heads }) => verifyAgainstPublished(entries, heads) === undefined));
  });

  test('shows that its end was cut, although what is left is a whole chain', () => {
    fc.assert(
      fc.property(trails, fc.nat(), (entries, cut) => {
        const left = entries.slice(0, cut % entries.length);
        const problem = verifyAgainstPublished(left, [lastOf(entries)]);
        expect(problem).toMatchObject({
          seq: left.length + 1,
          problem: expect.stringContaining('its tail was removed'),
        });
      }),
    );
  });

  test('shows that it was written anew from some entry on, although its hashes fit each other', () => {
    fc.assert(
      fc.property(trails, fc.nat(), (entries, from) => {
        const place = from % entries.length;
        const forged = trailOf(entries.map((each, at) => (at < place ? each : { ...each, actor: `${each.actor}!` })));
        expect(verifyAgainstPublished(forged, [lastOf(entries)])).toMatchObject({ seq: lastOf(entries).seq });
        expect(verifyAgainstPublished(forged, entries)).toMatchObject({ seq: place + 1 });
      }),
    );
  });

  test('shows what is broken in it before what it lacks', () => {
    fc.assert(
      fc.property(trails, (entries) => {
        const [, ...without] = entries;
        expect(verifyAgainstPublished(without, [lastOf(entries)])).toEqual({ seq: 1, problem: 'entry 1 is missing' });
      }),
    );
  });
});
