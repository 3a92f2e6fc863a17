import { describe, expect, it } from 'vitest';
import { compareObserved, type Observed, type ObservedEvent } from '../../../src/index.ts';

const nothing: Observed = {
  needs: [],
  work: 'inside',
  ending: { ended: 'returned' },
  published: [],
  statements: [],
  rows: new Map(),
};

const mailed: ObservedEvent = {
  ...{ contract: 'mail.v1.MailSent', tenant: '', aggregateId: 'mail-1' },
  data: { to: 'ann@example.org', lines: [{ text: 'Dear Ann', count: 2n }] },
  renditions: [],
};

const insert = { text: 'INSERT INTO mail (id, address) VALUES ($1, $2)', params: ['mail-1', 'ann@example.org'] };

function observed(part: Partial<Observed>): Observed {
  return { ...nothing, ...part };
}

function differences(living: Partial<Observed>, candidate: Partial<Observed>) {
  const comparison = compareObserved(observed(living), observed(candidate));
  return comparison.verdict === 'differs' ? comparison.differences : comparison.verdict;
}

describe('two handlers', () => {
  it('are equal statement by statement when they did the same', () => {
    const done: Partial<Observed> = {
      published: [mailed],
      statements: [insert],
      rows: new Map([['public.mail', { inserted: 1, updated: 0, deleted: 0 }]]),
    };
    expect(compareObserved(observed(done), observed(structuredClone(done)))).toEqual({
      verdict: 'equal',
      by: 'statements',
    });
  });

  it('are equal by their rows alone when their statements are other ones', () => {
    const rows = new Map([['public.mail', { inserted: 1, updated: 0, deleted: 0 }]]);
    const living = observed({ statements: [insert], rows });
    const candidate = observed({ statements: [{ text: 'SELECT 1', params: [] }, insert], rows: new Map(rows) });
    expect(compareObserved(living, candidate)).toEqual({ verdict: 'equal', by: 'rows' });
  });

  it('differ in the values of the same statement, which are named and not told', () => {
    const other = { ...insert, params: ['mail-1', 'bob@example.org'] };
    expect(differences({ statements: [insert] }, { statements: [other] })).toEqual([
      { kind: 'parameters', where: ['INSERT mail: $2'] },
    ]);
  });

  it('do not differ in the ids that Waybill makes anew for a statement of its own', () => {
    const publishing = (id: string) => ({ text: 'SELECT waybill.enqueue($1)', params: [id] });
    expect(differences({ statements: [publishing('a')] }, { statements: [publishing('b')] })).toBe('equal');
  });

  it('differ in the rows that they wrote, by table', () => {
    const rows = (table: string, inserted: number, updated: number) =>
      new Map([[table, { inserted, updated, deleted: 0 }]]);
    expect(differences({ rows: rows('public.mail', 1, 0) }, { rows: rows('public.mail', 0, 2) })).toEqual([
      { kind: 'rows', where: ['public.mail: 1 inserted → 2 updated'] },
    ]);
    expect(differences({}, { rows: rows('public.log', 1, 0) })).toEqual([
      { kind: 'rows', where: ['public.log: none → 1 inserted'] },
    ]);
  });

  it('differ in what they publish: other events, or other fields of the same, without a value', () => {
    expect(differences({ published: [mailed] }, {})).toEqual([
      { kind: 'published', where: ['mail.v1.MailSent → nothing'] },
    ]);
    const other = { ...mailed, aggregateId: 'mail-2', data: { to: 'ann@example.org', lines: [] } };
    expect(differences({ published: [mailed] }, { published: [other] })).toEqual([
      { kind: 'published', where: ['mail.v1.MailSent: aggregateId', 'mail.v1.MailSent: lines'] },
    ]);
  });

  it('differ in how they ended, and what one did that threw means nothing', () => {
    const threw = { ended: 'threw', type: 'TerminalError', code: 'mail.no-address' } as const;
    expect(differences({ statements: [insert] }, { ending: threw })).toEqual([
      { kind: 'ending', where: ['returned → TerminalError mail.no-address'] },
    ]);
    expect(differences({ ending: threw, statements: [insert] }, { ending: threw })).toBe('failed-both');
    expect(differences({ ending: threw }, { ending: { ...threw, code: 'mail.refused' } })).toEqual([
      { kind: 'ending', where: ['TerminalError mail.no-address → TerminalError mail.refused'] },
    ]);
  });

  it('are not compared where both call the outside, and differ where one does', () => {
    expect(differences({ work: 'outside' }, { work: 'outside' })).toBe('not-run');
    expect(differences({}, { work: 'outside', published: [mailed] })).toEqual([
      { kind: 'call', where: ['no call → calls the outside'] },
    ]);
  });

  it('differ in the entities that they wait for', () => {
    const need = { projection: 'mail.contacts', aggregateType: 'customers.customer', aggregateId: 'ann' };
    expect(differences({ needs: [need] }, {})).toEqual([
      { kind: 'needs', where: ['mail.contacts: customers.customer'] },
    ]);
  });
});
