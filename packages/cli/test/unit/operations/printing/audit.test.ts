import { describe, expect, test } from 'vitest';
import { approvalsLines, mergedApprovals } from '../../../../src/operations/printing/approval-lines.ts';
import { auditLines, mergedAudit, verdictLines } from '../../../../src/operations/printing/audit-lines.ts';
import { before, plain } from '../builders.ts';

const hash = 'a'.repeat(64);

function did(service: string, seq: number, seconds: number) {
  const about = { actor: 'ada', action: 'parked.skip', target: 'parked/42', reason: 'it is foreign', details: {} };
  return { service, seq, at: before(seconds), ...about, result: 'done', previous: hash, hash };
}

describe('audit trails', () => {
  test('are one list, newest first', () => {
    const rows = [did('orders', 1, 60), did('payments', 1, 30), did('orders', 2, 10)];
    expect(mergedAudit(rows, 2).map(({ service, seq }) => [service, seq])).toEqual([
      ['orders', 2],
      ['payments', 1],
    ]);
  });

  test('say who did what, why, and who agreed', () => {
    expect(auditLines([{ ...did('orders', 7, 60), approvedBy: 'grace' }], plain)).toEqual([
      'service  entry  when                  who                   what         on         result  why',
      'orders       7  2026-07-31 21:59:00Z  ada, agreed by grace  parked.skip  parked/42  done    it is foreign',
    ]);
    expect(auditLines([], plain)).toEqual(['Nobody has done anything that fits this.']);
  });

  test('are intact, or broken at an entry that is named', () => {
    const head = { seq: 12, hash };
    const rows = [
      {
        service: 'orders',
        verdict: { verdict: 'intact', entries: 12, head },
        published: { compared: 'yes', heads: 3 },
      },
      {
        service: 'payments',
        verdict: { verdict: 'broken', entries: 12, head, problem: { seq: 5, problem: 'entry 5 was changed' } },
        published: { compared: 'no', why: 'no brokers were given' },
      },
      {
        service: 'shipping',
        verdict: { verdict: 'intact', entries: 12, head },
        published: {
          compared: 'yes',
          heads: 1,
          problem: { seq: 13, problem: 'its tail was removed', publishedAt: '2026-07-31T21:59:00.000Z' },
        },
      },
      { service: 'stock', verdict: { verdict: 'intact', entries: 0, head }, published: { compared: 'yes', heads: 0 } },
    ] as const;
    expect(verdictLines(rows, plain)).toEqual([
      `orders: intact, 12 entries, the last with the hash ${hash}`,
      '  compared with 3 published ends',
      'payments: broken, at entry 5: entry 5 was changed',
      '  not compared with what was published: no brokers were given',
      'shipping: broken, at entry 13, published 2026-07-31 21:59:00Z: its tail was removed',
      '  compared with 1 published end',
      'stock: intact, 0 entries',
      '  not compared: nothing of it was published there',
    ]);
  });
});

describe('what waits for agreement', () => {
  const asked = {
    service: 'orders',
    id: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
    operation: 'edit',
    target: 'parked/42',
    request: { data: { note: 'x\u009B' } },
    reason: 'the note is wrong',
    actor: 'ada',
    askedAt: before(60),
    until: before(-3_600),
    state: 'waiting',
  } as const;

  test('is told with all that was asked for', () => {
    expect(approvalsLines([asked], plain)).toEqual([
      'edit of parked/42 (orders), asked for by ada 1 min ago: the note is wrong',
      '  {',
      '    "data": {',
      '      "note": "x\\u009b"',
      '    }',
      '  }',
      '  3f2504e0-4f89-41d3-9a0c-0305e82c3301, lapses in 1 h',
    ]);
    expect(approvalsLines([], plain)).toEqual(['Nothing waits for agreement.']);
  });

  test('shows of an edit what it would change', () => {
    const request = { before: { note: 'x', lines: 1 }, data: { note: 'y', lines: 1 } };
    expect(approvalsLines([{ ...asked, request }], plain).slice(1, 3)).toEqual(['  - note: "x"', '  + note: "y"']);
  });

  test('has the longest waiting first', () => {
    const newer = { ...asked, id: 'b', askedAt: before(1) };
    expect(mergedApprovals([newer, asked]).map(({ id }) => id)).toEqual([asked.id, 'b']);
  });
});
