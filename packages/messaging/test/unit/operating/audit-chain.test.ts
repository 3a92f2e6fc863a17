import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AuditEntry,
  type AuditHead,
  type AuditRecord,
  AuditVerifier,
  emptyTrail,
  nextAuditEntry,
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
          place === index ? { ...entry, [field]: `${String(entry[field as 'actor'])}!` } : entry,
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
