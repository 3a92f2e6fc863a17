import { createSecretKey, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Asker } from '../application/services.ts';

/** Seconds for which a token serves: time for one request, and for clocks that differ a little. */
const lifetimeSeconds = 60;

/** Signs the token of one request to the operations API of one service. */
export type OperationsToken = (service: string, asker: Asker) => Promise<string>;

/**
 * Tokens of the operations APIs (JWT, HS256): for one service, in the name of one person, with an id of their own, so
 * that a service takes each command once.
 */
export function operationsToken(secret: string): OperationsToken {
  const key = createSecretKey(Buffer.from(secret, 'utf8'));
  return (service, { id, roles }) =>
    new SignJWT({ roles: [...roles] })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setIssuer('waybill-console')
      .setSubject(id)
      .setAudience(service)
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime(`${lifetimeSeconds} s`)
      .sign(key);
}
