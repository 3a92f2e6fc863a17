import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import express, { type Response, Router } from 'express';
import { answering } from './answering.ts';
import { sendPage } from './page.ts';
import { nonceOf } from './security-headers.ts';

/** Where the client looks for the nonce under which it may make styles. */
const noncePlace = /<meta name="csp-nonce" content="[^"]*"/;

/** Names with a hash of their content: under one name there is never anything else. */
const immutable = 'public, max-age=31536000, immutable';

/** Paths that are for programs or for the login, or that only a file can be at. */
const notPages = /^\/(?:api|login|logout|assets)(?:\/|$)|^\/[^/]+\.[a-z0-9]{2,11}$/i;

/**
 * The built client: its files, and for every other path its page, which reads the path itself. The page is made for
 * each request, since it carries the nonce of its styles.
 */
export function clientFiles(directory: string): Router {
  const router = Router();
  router.use(
    '/assets',
    express.static(join(directory, 'assets'), {
      index: false,
      redirect: false,
      setHeaders: (response: Response) => response.setHeader('Cache-Control', immutable),
    }),
  );
  router.get('/index.html', (_request, response) => response.redirect(308, '/'));
  router.use(
    express.static(directory, {
      index: false,
      redirect: false,
      setHeaders: (response: Response) => response.setHeader('Cache-Control', 'no-cache'),
    }),
  );
  const index = answering((_request, response) => sendIndex(response, directory));
  router.get('/{*path}', (request, response, next) => {
    if (notPages.test(request.path)) next();
    else void index(request, response, next);
  });
  return router;
}

async function sendIndex(response: Response, directory: string): Promise<void> {
  const page = await readIndex(directory);
  if (page === undefined) {
    sendPage(response, {
      status: 503,
      title: 'The console has not been built',
      sentences: [
        'Its pages are missing. Run "npm run build -w @waybill/console" in the directory of Waybill, and load this page again.',
        'The command line (waybill parked, waybill jobs) and the API of this console work without it.',
      ],
    });
    return;
  }
  response.setHeader('Cache-Control', 'no-store');
  response.type('html').send(page.replace(noncePlace, () => `<meta name="csp-nonce" content="${nonceOf(response)}"`));
}

async function readIndex(directory: string): Promise<string | undefined> {
  try {
    return await readFile(join(directory, 'index.html'), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
