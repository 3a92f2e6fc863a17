import { isAllowed, type Operation, roles } from '@waybill/messaging';
import { describe, expect, it } from 'vitest';
import { pickedWords } from '#web/entries/picked-actions.ts';
import { commonGround } from '#web/failures/common-ground.ts';
import { addedHours, failureHeadline, trendOf } from '#web/failures/failure-words.ts';
import { editOf, parkedIdOf } from '#web/pages/approvals/request-parts.ts';
import { positionsOf } from '#web/pages/flows/positions.ts';
import { replaySelectionOf } from '#web/pages/flows/replay-selection.ts';
import { missingBefore } from '#web/pages/parked/queue-gaps.ts';
import { whyNot } from '#web/words/permissions.ts';
import { consumerState, jobState } from '#web/words/states.ts';
import { consumer, entry, job } from './samples.ts';

describe('a failure in words', () => {
  it('is its first line, without the class of the error', () => {
    expect(failureHeadline({ message: 'TypeError: cannot read x\n  at y' })).toBe('Cannot read x');
    expect(failureHeadline({ message: '', errorCode: 'handler.threw' })).toBe('handler.threw');
    expect(failureHeadline({ message: 'x'.repeat(300) })).toHaveLength(158);
  });

  it('rises, falls or rests', () => {
    expect(trendOf([0, 0, 1, 1, 5, 5])).toBe('rising');
    expect(trendOf([5, 5, 1, 1])).toBe('falling');
    expect(trendOf([3, 3, 3, 3])).toBe('steady');
    expect(trendOf([9, 0, 0, 0, 0])).toBe('quiet');
    expect(addedHours([[1], [2, 3]]).slice(0, 2)).toEqual([3, 3]);
  });
});

describe('what entries have in common', () => {
  it('is told apart from how they differ, most frequent first', () => {
    const ground = commonGround([
      entry({ id: '1', tenant: 'acme' }),
      entry({ id: '2', tenant: 'acme' }),
      entry({ id: '3', tenant: '', redriven: 1 }),
    ]);
    expect(ground.shared).toContainEqual({ name: 'Contract', value: 'orders.v2.OrderPlaced' });
    expect(ground.differing).toContainEqual({
      name: 'Tenant',
      values: [
        { value: 'acme', count: 2 },
        { value: 'none', count: 1 },
      ],
    });
    expect(ground.differing.map(({ name }) => name)).toEqual(['Tenant', 'Redriven before']);
  });
});

describe('states', () => {
  it('are five, with what more there is to say beside them', () => {
    expect(consumerState(consumer({ state: 'unhealthy', stateReason: 'db down' }))).toEqual({
      state: 'retrying',
      detail: 'db down',
    });
    expect(consumerState(consumer({ state: 'stopped' }))).toEqual({ state: 'dead', detail: 'stopped' });
    expect(jobState(job({ state: 'stopped', note: '23 failed' }))).toEqual({ state: 'waiting', detail: '23 failed' });
    expect(jobState(job({ state: 'ready' }))).toEqual({ state: 'waiting', detail: 'ready, and waits for a person' });
  });
});

describe('permissions', () => {
  it('add up over roles, and say who can when one may not', () => {
    expect(whyNot(['viewer', 'operator'], 'redrive')).toBeUndefined();
    expect(whyNot(['viewer'], 'redrive')).toBe('Operators can redrive; you are a viewer.');
    expect(whyNot(['auditor', 'approver'], 'skip')).toBe(
      'Operators can skip events; you are an auditor and an approver.',
    );
    expect(whyNot(['viewer'], 'redrive', 'read', 'skip', 'approve')).toBe(
      'Operators can redrive and skip events; you are a viewer. Approvers can approve; you are a viewer.',
    );
    expect(whyNot([], 'read')).toContain('you have no role');
  });
});

describe('the roles as pages know them', () => {
  const operations = [
    'read',
    'redrive',
    'skip',
    'edit',
    'note',
    'assign',
    'unmask',
    'jobs',
    'pause',
    'approve',
    'audit',
  ];

  it.each(roles)('are those that services hold %s to', (role) => {
    for (const operation of operations as readonly Operation[]) {
      expect([operation, whyNot([role], operation) === undefined]).toEqual([operation, isAllowed([role], operation)]);
    }
  });
});

describe('what a person types and picks', () => {
  it('is a position a line, or nothing', () => {
    expect(positionsOf('0 120450\n3: 118002\n')).toEqual([
      { partition: 0, offset: '120450' },
      { partition: 3, offset: '118002' },
    ]);
    expect(positionsOf('0 1\n0 2')).toBeUndefined();
    expect(positionsOf('0 -1')).toBeUndefined();
    expect(positionsOf('')).toBeUndefined();
  });

  it('is a replay that leaves out what is empty', () => {
    const fields = {
      topic: 'orders.order',
      types: 'a, b',
      aggregateId: ' 1042 ',
      correlationId: '',
      since: '',
      until: '',
    };
    expect(replaySelectionOf(fields)).toEqual({ topic: 'orders.order', types: ['a', 'b'], aggregateId: '1042' });
  });

  it('says how many entities it touches and what it cannot undo', () => {
    const words = pickedWords('skip', [entry({ id: '1', behind: 2 }), entry({ id: '2', version: 2 })]);
    expect(words.touches).toBe('2 entries of 1 entity; 2 events wait behind.');
    expect(words.lasting).toContain('cannot be undone');
  });

  it('shows the versions that a queue lacks', () => {
    expect(missingBefore(4, 5)).toBeUndefined();
    expect(missingBefore(4, 6)).toBe('version 5 has not come');
    expect(missingBefore(4, 9)).toBe('versions 5 to 8 have not come');
  });
});

describe('a request for approval', () => {
  const asked = { operation: 'edit', target: 'parked/17', request: { id: '17', before: { a: 1 }, data: { a: 2 } } };

  it('shows an edit with what was before', () => {
    expect(editOf(asked)).toEqual({ kind: 'both', before: { a: 1 }, after: { a: 2 } });
    expect(parkedIdOf(asked)).toBe('17');
  });

  it('is about no entry when it asks for a job', () => {
    const ask = { operation: 'jobs', target: 'consumer/x', request: { job: {} } };
    expect(editOf(ask)).toBeUndefined();
    expect(parkedIdOf(ask)).toBeUndefined();
  });
});
