import { describe, expect, test } from 'vitest';
import { personOf, rolesOf } from '../../src/application/person.ts';

const claims = {
  sub: 'u-17',
  email: 'Ada@Example.com',
  email_verified: true,
  name: 'Ada',
  roles: ['operator', 'approver'],
};

describe('the person whom claims are about', () => {
  test('is known by an address that the provider vouches for, in one spelling', () => {
    expect(personOf(claims, 'roles')).toEqual({ id: 'ada@example.com', name: 'Ada', roles: ['operator', 'approver'] });
  });

  test.each([[false], [undefined], ['true'], [1]])(
    'is known by the id of the provider when the address is vouched for by %s',
    (verified) => {
      expect(personOf({ ...claims, email_verified: verified }, 'roles')).toMatchObject({ id: 'u-17' });
    },
  );

  test('has the id for a name where there is none to read', () => {
    expect(personOf({ ...claims, name: ' \u202Eada ' }, 'roles')).toMatchObject({ name: 'ada@example.com' });
  });

  test.each([[undefined], [''], ['x'.repeat(256)], ['a\nb'], [17]])('is not let in without an id: %j', (sub) => {
    expect(personOf({ sub, roles: ['viewer'] }, 'roles')).toBe('no-id');
  });

  test('is not let in without a role that is known', () => {
    expect(personOf({ ...claims, roles: ['admin', 'root', 'VIEWER'] }, 'roles')).toBe('no-role');
    expect(personOf({ ...claims, roles: undefined }, 'roles')).toBe('no-role');
    expect(personOf(claims, 'groups')).toBe('no-role');
  });

  test('has the roles of the claim with that name, before those of the path that it is', () => {
    const nested = { ...claims, realm_access: { roles: ['auditor'] } };
    expect(personOf(nested, 'realm_access.roles')).toMatchObject({ roles: ['auditor'] });
    expect(personOf({ ...nested, 'realm_access.roles': ['viewer'] }, 'realm_access.roles')).toMatchObject({
      roles: ['viewer'],
    });
  });
});

describe('the roles of a claim', () => {
  test('are those that are known, each once, in the known order', () => {
    expect(rolesOf(['auditor', 'viewer', 'viewer', 'admin', 7, null, ['operator']])).toEqual(['viewer', 'auditor']);
  });

  test('may be a text', () => {
    expect(rolesOf('operator, approver admin')).toEqual(['operator', 'approver']);
  });

  test.each([[undefined], [null], [{}], [{ viewer: true }], [1], [''], ['viewers']])('are none in %j', (claim) => {
    expect(rolesOf(claim)).toEqual([]);
  });
});
