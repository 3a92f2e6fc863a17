import { isAllowed, roles } from '@waybill/messaging';
import { describe, expect, test } from 'vitest';
import { methodsOf, operationsPathOf, operationsPaths } from '../../src/application/operations-paths.ts';

const uuid = '0199c1a4-1c2d-7abc-8def-0123456789ab';

describe('the paths that the console passes on', () => {
  test.each([
    ['GET', 'parked/17', 'read'],
    ['POST', 'parked/17/pass-gap', 'skip'],
    ['POST', `approvals/${uuid}/decide`, 'approve'],
    ['POST', 'consumers/orders.payments/offsets', 'pause'],
    ['GET', 'audit/export', 'audit'],
  ])('%s %s needs the operation %s', (method, path, operation) => {
    expect(operationsPathOf(method, path.split('/'))).toMatchObject({ operation });
  });

  test.each([
    ['GET', ['parked', '..', 'audit']],
    ['GET', ['parked', '17/../../../internal']],
    ['GET', ['parked', '17%2Fredrive']],
    ['GET', ['parked', '١٧']],
    ['GET', ['parked', '']],
    ['GET', ['parked', '17', '']],
    ['GET', ['parked', '1'.repeat(20)]],
    ['GET', ['..', '..', 'metrics']],
    ['GET', ['']],
    ['GET', []],
    ['POST', ['consumers', '..', 'offsets']],
    ['POST', ['consumers', '.', 'offsets']],
    ['POST', ['consumers', 'a/b', 'offsets']],
    ['POST', ['consumers', 'a?b', 'offsets']],
    ['GET', ['jobs', 'dry-run']],
    ['GET', ['jobs', `${uuid}\n`]],
    ['GET', [':number']],
    ['GET', ['parked', ':number']],
    ['DELETE', ['parked', '17']],
    ['PUT', ['parked', '17', 'edit']],
    ['GET', ['constructor']],
  ])('hold no %s %j', (method, segments) => {
    expect(operationsPathOf(method, segments)).toBeUndefined();
  });

  test('are asked for with the methods that they have', () => {
    expect(methodsOf(['jobs'])).toEqual(['POST', 'GET']);
    expect(methodsOf(['parked', '17', 'edit'])).toEqual(['POST']);
    expect(methodsOf(['nothing'])).toEqual([]);
  });

  test('leave a viewer nothing that changes something', () => {
    const open = operationsPaths.filter(({ operation }) => isAllowed(['viewer'], operation));
    expect(open.every(({ method, operation }) => method === 'GET' && operation === 'read')).toBe(true);
  });

  test('are each open to somebody', () => {
    expect(operationsPaths.filter(({ operation }) => !isAllowed(roles, operation))).toEqual([]);
  });
});
