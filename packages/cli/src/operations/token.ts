import { SignJWT } from 'jose';
import type { Operator } from './operator.ts';

/** Seconds that a token serves; a service takes none that serves for more than 300. */
const validSeconds = 60;

export interface TokenClaims {
  readonly operator: Operator;
  /** The service that it is for. */
  readonly service: string;
  /** Of this token alone: a service takes the token of a command once. */
  readonly id: string;
  readonly now: Date;
}

/** A token for one request to one service (JWT, HS256), signed with the shared secret. */
export async function operationsToken(secret: string, { operator, service, id, now }: TokenClaims): Promise<string> {
  const issuedAt = Math.floor(now.getTime() / 1_000);
  return new SignJWT({ roles: [...operator.roles] })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(operator.name)
    .setAudience(service)
    .setIssuer('waybill-cli')
    .setJti(id)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + validSeconds)
    .sign(new TextEncoder().encode(secret));
}
