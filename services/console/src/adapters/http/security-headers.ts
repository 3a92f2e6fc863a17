import { randomBytes } from 'node:crypto';
import type { RequestHandler, Response } from 'express';
import helmet from 'helmet';
import type { Transport } from './session.ts';

/**
 * What a browser may do with the console's pages: run its own scripts, talk to it alone, and be framed by nobody. Styles
 * are its own files and those under the nonce of the page; no inline script runs whatever a payload holds.
 */
export function securityHeaders(transport: Transport, issuer: string): readonly RequestHandler[] {
  const nonced: RequestHandler = (_request, response, next) => {
    response.locals['nonce'] = randomBytes(16).toString('base64');
    next();
  };
  const headers = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        // The types of helmet know nothing of express's response.
        styleSrc: ["'self'", (_request, response) => `'nonce-${nonceOf(response as Response)}'`],
        connectSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        manifestSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'", new URL(issuer).origin],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: transport === 'https' ? { maxAge: 365 * 24 * 3_600, includeSubDomains: true } : false,
    xFrameOptions: { action: 'deny' },
    referrerPolicy: { policy: 'same-origin' },
  });
  const withoutHsts: RequestHandler = (_request, response, next) => {
    if (transport === 'http') response.removeHeader('Strict-Transport-Security');
    next();
  };
  return [nonced, headers, withoutHsts];
}

/** The nonce under which this response's page may have styles of its own. */
export function nonceOf(response: Response): string {
  return String(response.locals['nonce']);
}

/** Answers of the API are about now, and about one person: nobody keeps them. */
export const noStore: RequestHandler = (_request, response, next) => {
  response.setHeader('Cache-Control', 'no-store');
  next();
};
