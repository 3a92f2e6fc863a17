import { decodeProtectedHeader, jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import { operationsToken } from '../../src/adapters/operations-token.ts';

const secret = 'a secret of more than 32 characters';
const ada = { id: 'ada@example.com', roles: ['operator', 'approver'] } as const;

test('a token is for one service, in the name of one person, for a minute', async () => {
  const token = await operationsToken(secret)('orders', ada);
  const { payload } = await jwtVerify(token, Buffer.from(secret), { audience: 'orders', issuer: 'waybill-console' });
  expect(decodeProtectedHeader(token).alg).toBe('HS256');
  expect(payload).toMatchObject({ sub: 'ada@example.com', roles: ['operator', 'approver'] });
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(60);
  await expect(jwtVerify(token, Buffer.from(secret), { audience: 'payments' })).rejects.toThrow('aud');
});

test('no two tokens have the same id', async () => {
  const sign = operationsToken(secret);
  const ids = await Promise.all(
    [1, 2].map(async () => (await jwtVerify(await sign('orders', ada), Buffer.from(secret))).payload.jti),
  );
  expect(ids[0]).toMatch(/^[0-9a-f-]{36}$/);
  expect(ids[0]).not.toBe(ids[1]);
});
