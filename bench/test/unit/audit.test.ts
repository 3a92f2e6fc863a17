import { describe, expect, it } from 'vitest';
import { AuditBook } from '../../src/world/audit.ts';

const headers = 14;

function audited(versions: readonly (readonly [string, number])[], expected: number) {
  const book = new AuditBook();
  for (const [index, [entity, version]] of versions.entries()) {
    book.note({ entity, version, headers, appendedMs: 1_000 + index });
  }
  return book.result(expected);
}

describe('the audit of a topic', () => {
  it('finds nothing wrong with each version once and in order', () => {
    const audit = audited(
      [
        ['a', 1],
        ['b', 1],
        ['a', 2],
      ],
      3,
    );
    expect(audit).toEqual({
      records: 3,
      distinct: 3,
      lost: 0,
      duplicates: 0,
      outOfOrder: 0,
      malformed: 0,
      appendMs: 2,
    });
  });

  it('counts what is missing', () => {
    expect(audited([['a', 1]], 3)).toMatchObject({ lost: 2 });
  });

  it('counts a repeated version as doubled and not as out of order', () => {
    const audit = audited(
      [
        ['a', 1],
        ['a', 2],
        ['a', 1],
      ],
      2,
    );
    expect(audit).toMatchObject({ duplicates: 1, outOfOrder: 0, lost: 0 });
  });

  it('counts a first occurrence behind a later version as out of order', () => {
    const audit = audited(
      [
        ['a', 2],
        ['a', 1],
      ],
      2,
    );
    expect(audit).toMatchObject({ outOfOrder: 1, duplicates: 0 });
  });

  it('counts records without their headers', () => {
    const book = new AuditBook();
    book.note({ entity: 'a', version: 1, headers: 1, appendedMs: 0 });
    expect(book.result(1)).toMatchObject({ malformed: 1 });
  });
});
