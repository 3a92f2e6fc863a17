import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningConsole, startConsole } from './harness/console.ts';

const index = `<!doctype html><html><head><meta name="csp-nonce" content="" />
<script type="module" src="/assets/index-0a1b2c3d.js"></script></head><body></body></html>`;

let running: RunningConsole;

beforeAll(async () => {
  running = await startConsole({ services: ['orders'] });
  await build();
});

afterAll(async () => {
  await running.stop();
});

async function build(): Promise<void> {
  await mkdir(join(running.clientDirectory, 'assets'), { recursive: true });
  await writeFile(join(running.clientDirectory, 'index.html'), index);
  await writeFile(join(running.clientDirectory, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  await writeFile(join(running.clientDirectory, 'assets', 'index-0a1b2c3d.js'), 'export {};');
}

const get = (path: string) => running.browser().request(path);

function directives(response: Response): Record<string, string> {
  const policy = response.headers.get('content-security-policy') ?? '';
  return Object.fromEntries(
    policy.split(';').map((one) => [one.trim().split(' ')[0] ?? '', one.trim().split(' ').slice(1).join(' ')]),
  );
}

describe('a page', () => {
  test.each([['/'], ['/failures'], ['/journey/order-1042'], ['/journey/a.b.c'], ['/apis'], ['/parked/orders/17?x=/y']])(
    'at %s is the client, which nobody keeps',
    async (path) => {
      const response = await get(path);
      expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store']);
      expect(response.headers.get('content-type')).toContain('text/html');
      expect(response.headers.get('etag')).toBeNull();
    },
  );

  test('may run its own scripts, talk to the console alone, and be framed by nobody', async () => {
    const response = await get('/');
    expect(directives(response)).toEqual({
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': expect.stringMatching(/^'self' 'nonce-[A-Za-z0-9+/=]{24}'$/),
      'connect-src': "'self'",
      'img-src': "'self' data:",
      'font-src': "'self'",
      'manifest-src': "'self'",
      'base-uri': "'none'",
      'form-action': `'self' ${running.provider.issuer}`,
      'frame-ancestors': "'none'",
    });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
    });
    expect(response.headers.get('strict-transport-security')).toBeNull();
    expect(response.headers.get('x-powered-by')).toBeNull();
  });

  test('has the nonce of its policy, and each time another', async () => {
    const nonces = await Promise.all(
      [1, 2].map(async () => {
        const response = await get('/');
        const nonce = /'nonce-([^']+)'/.exec(response.headers.get('content-security-policy') ?? '')?.[1];
        expect(await response.text()).toContain(`<meta name="csp-nonce" content="${nonce}" />`);
        return nonce;
      }),
    );
    expect(nonces[0]).not.toBe(nonces[1]);
  });

  test('is not there for paths of programs', async () => {
    expect((await get('/api/nothing')).status).toBe(401);
    const browser = running.browser();
    await browser.logIn('vera@example.com');
    const response = await browser.request('/api/nothing');
    expect([response.status, response.headers.get('content-type')]).toEqual([
      404,
      expect.stringContaining('application/problem+json'),
    ]);
    expect((await get('/assets/gone-0a1b2c3d.js')).status).toBe(404);
    expect((await get('/favicon.ico')).status).toBe(404);
  });
});

describe('a file of the client', () => {
  test('with a hash in its name is kept for a year', async () => {
    const response = await get('/assets/index-0a1b2c3d.js');
    expect([response.status, response.headers.get('cache-control')]).toEqual([
      200,
      'public, max-age=31536000, immutable',
    ]);
  });

  test('without one is asked for anew', async () => {
    const response = await get('/icon.svg');
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-cache']);
  });

  test('outside the directory is not served', async () => {
    for (const path of ['/assets/..%2f..%2f..%2fetc/passwd', '/..%2f..%2fetc%2fpasswd', '/assets/%2e%2e/index.html']) {
      const text = await (await get(path)).text();
      expect(text).not.toContain('root:');
    }
  });

  test('that is the page itself is the page', async () => {
    const response = await get('/index.html');
    expect([response.status, response.headers.get('location')]).toEqual([308, '/']);
  });
});

test('a console that was not built says how to build it, and shows the client once it is', async () => {
  await rm(running.clientDirectory, { recursive: true });
  const response = await get('/failures');
  expect([response.status, await response.text()]).toEqual([
    503,
    expect.stringContaining('npm run build -w @waybill/console'),
  ]);
  await build();
  expect((await get('/failures')).status).toBe(200);
});
