import { isAllowed, type Operation, type Role, roles, rolesFor } from '@waybill/messaging';
import type { Request, RequestHandler } from 'express';
import { errors, jwtVerify } from 'jose';
import { z } from 'zod';
import { problem } from '../http/problem.ts';

/** Who asks, by the token that came with the request. */
export interface Identity {
  /** `ada@example.com`; named in the audit trail. */
  readonly actor: string;
  readonly roles: readonly Role[];
  readonly tokenId: string;
  readonly expiresAt: Date;
}

/** Seconds that a token may live: it is made for one request. */
const maxTokenSeconds = 300;
const issuers = ['waybill-console', 'waybill-cli'];

const claims = z.object({
  sub: z.string().min(1).max(255),
  roles: z.array(z.string()).max(20),
  jti: z.string().min(8).max(128),
  exp: z.number(),
});

const identities = new WeakMap<Request, Identity>();

/**
 * Lets only those through who bring `Authorization: Bearer <JWT>`, signed with the operations secret (HS256) for this
 * service. Roles that are not known count for nothing.
 */
export function requireIdentity(secret: string, service: string): RequestHandler {
  const key = new TextEncoder().encode(secret);
  return async (request, response, next) => {
    response.setHeader('Cache-Control', 'no-store');
    const token = /^Bearer ([^\s]+)$/i.exec(request.get('authorization') ?? '')?.[1];
    if (token === undefined) throw unauthorized('Send Authorization: Bearer with a token of the operations secret.');
    identities.set(request, await identityOf(token, key, service));
    next();
  };
}

async function identityOf(token: string, key: Uint8Array, service: string): Promise<Identity> {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: ['HS256'],
      audience: service,
      issuer: issuers,
      maxTokenAge: maxTokenSeconds,
      clockTolerance: 5,
      requiredClaims: ['sub', 'jti', 'iat', 'exp'],
    });
    const { sub, jti, exp, roles: held } = claims.parse(payload);
    return {
      actor: sub,
      tokenId: jti,
      roles: roles.filter((role) => held.includes(role)),
      expiresAt: new Date(exp * 1_000),
    };
  } catch (error) {
    throw unauthorized(
      error instanceof errors.JWTExpired
        ? 'The token has expired. Make a new one for each request.'
        : `The token is not valid for ${service}. Compare OPS_SECRET on both sides, and the token's audience.`,
    );
  }
}

/** Who asked, and may do this. @throws {ProblemError} 403 that names the roles that may. */
export function allowedTo(operation: Operation, request: Request): Identity {
  const identity = identities.get(request);
  if (identity === undefined) throw unauthorized('Send a token.');
  if (isAllowed(identity.roles, operation)) return identity;
  throw problem(403, {
    code: 'ops.not-allowed',
    detail: `This needs the role ${rolesFor(operation).join(' or ')}. Ask somebody who has it.`,
  });
}

function unauthorized(detail: string) {
  return problem(401, { code: 'ops.token', detail, headers: { 'WWW-Authenticate': 'Bearer' } });
}
