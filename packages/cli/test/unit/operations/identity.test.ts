import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { operatorOf } from '../../../src/operations/operator.ts';
import { operationsSecret, secretOfGiven } from '../../../src/operations/secret.ts';
import { operationsToken } from '../../../src/operations/token.ts';

const ofFile = 'f'.repeat(48);
const ofVariable = 'v'.repeat(48);
let stateDir: string;

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'waybill-secret-'));
});
afterEach(() => rmSync(stateDir, { recursive: true }));

describe('the secret', () => {
  test('is that of what runs here, and else the variable’s', () => {
    const variables = { WAYBILL_OPS_SECRET: ofVariable };
    expect(operationsSecret(stateDir, variables)).toBe(ofVariable);
    writeFileSync(join(stateDir, 'ops-secret'), `${ofFile}\n`);
    expect(operationsSecret(stateDir, variables)).toBe(ofFile);
  });

  test('is the variable’s first where addresses were given', () => {
    writeFileSync(join(stateDir, 'ops-secret'), ofFile);
    expect(secretOfGiven(stateDir, { WAYBILL_OPS_SECRET: ofVariable })).toBe(ofVariable);
    expect(secretOfGiven(stateDir, {})).toBe(ofFile);
  });

  test('is asked for where there is none, and never shown where it is too short', () => {
    expect(() => operationsSecret(stateDir, {})).toThrow(/WAYBILL_OPS_SECRET/);
    const short = () => operationsSecret(stateDir, { WAYBILL_OPS_SECRET: 'hush-hush' });
    expect(short).toThrow(/9 characters; it must have 32 to 512/);
    expect(short).not.toThrow(/hush/);
  });
});

describe('who acts', () => {
  test('is who was named, or the variable, or the system’s user', () => {
    const variables = { WAYBILL_OPERATOR: 'grace@example.com' };
    expect(operatorOf({ as: 'ada@example.com', variables, userName: 'root' }).name).toBe('ada@example.com');
    expect(operatorOf({ as: undefined, variables, userName: 'root' }).name).toBe('grace@example.com');
    expect(operatorOf({ as: undefined, variables: {}, userName: 'root' }).name).toBe('cli:root');
    expect(() => operatorOf({ as: ' ', variables, userName: 'root' })).toThrow(/needs a name/);
  });

  test('has the roles of the variable, or all', () => {
    const rolesOf = (text?: string) =>
      operatorOf({ as: 'ada', variables: { WAYBILL_OPERATOR_ROLES: text }, userName: 'root' }).roles;
    expect(rolesOf()).toEqual(['viewer', 'operator', 'approver', 'auditor']);
    expect(rolesOf('viewer, auditor')).toEqual(['viewer', 'auditor']);
    expect(() => rolesOf('admin')).toThrow(/no role "admin". There are viewer/);
  });
});

describe('a token', () => {
  test('says who, as what, to which service, and serves for a minute', async () => {
    const issued = new Date(1_800_000_000_500);
    const token = await operationsToken(ofFile, {
      operator: { name: 'ada@example.com', roles: ['operator'] },
      service: 'orders',
      id: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
      now: issued,
    });
    const key = new TextEncoder().encode(ofFile);
    const { payload } = await jwtVerify(token, key, { audience: 'orders', issuer: 'waybill-cli', currentDate: issued });
    expect(decodeProtectedHeader(token).alg).toBe('HS256');
    expect(payload).toEqual({
      sub: 'ada@example.com',
      roles: ['operator'],
      aud: 'orders',
      iss: 'waybill-cli',
      jti: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
      iat: 1_800_000_000,
      exp: 1_800_000_060,
    });
  });
});
