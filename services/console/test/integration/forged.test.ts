import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Browser, RequestOptions } from './harness/browser.ts';
import { type RunningConsole, startConsole } from './harness/console.ts';

const command = '/api/ops/orders/parked/17/skip';
const body = { reason: 'the customer has been called' };

let running: RunningConsole;
let ada: Browser;
let token: string;

beforeAll(async () => {
  running = await startConsole({ services: ['orders'] });
  ada = running.browser();
  await ada.logIn('ada@example.com');
  token = await tokenOf(ada);
});

afterAll(async () => {
  await running.stop();
});

beforeEach(() => {
  running.upstreams['orders']?.taken.splice(0);
});

async function tokenOf(browser: Browser): Promise<string> {
  const session = (await (await browser.request('/api/session')).json()) as { csrfToken: string };
  return session.csrfToken;
}

async function refusal(options: RequestOptions, browser = ada, path = command) {
  const response = await browser.request(path, { method: 'POST', body, ...options });
  const { type } = (await response.json()) as { type: string };
  return { status: response.status, type, reached: running.upstreams['orders']?.taken.length };
}

const csrf = { status: 403, type: 'urn:waybill:problem:console.csrf-token', reached: 0 };
const foreign = { status: 403, type: 'urn:waybill:problem:console.foreign-origin', reached: 0 };

describe('a command', () => {
  test('of the own page is done', async () => {
    const response = await ada.request(command, { method: 'POST', body });
    expect([response.status, await response.json()]).toEqual([200, { result: 'done', audit: 1 }]);
  });

  test.each([[''], ['made up'], ['0'.repeat(43)]])('with the token %j is refused', async (given) => {
    expect(await refusal({ headers: { 'x-csrf-token': given } })).toEqual(csrf);
  });

  test('with the token of a session before is refused', async () => {
    const browser = running.browser();
    await browser.logIn('oskar@example.com');
    const old = await tokenOf(browser);
    await browser.logIn('oskar@example.com');
    expect(await tokenOf(browser)).not.toBe(old);
    expect(await refusal({ headers: { 'x-csrf-token': old } }, browser)).toEqual(csrf);
  });

  test("with somebody else's token is refused", async () => {
    const browser = running.browser();
    await browser.logIn('oskar@example.com');
    expect(await refusal({ headers: { 'x-csrf-token': token } }, browser)).toEqual(csrf);
  });

  test.each([['https://evil.example'], ['null'], [''], ['http://127.0.0.1:1'], ['http://127.0.0.1.evil.example']])(
    'from the origin %j is refused, even with the token',
    async (origin) => {
      expect(await refusal({ headers: { origin } })).toEqual(foreign);
    },
  );

  test('as a form of another site could send it is refused', async () => {
    const headers = { 'content-type': 'text/plain', 'x-csrf-token': '', origin: 'https://evil.example' };
    expect(await refusal({ headers, body: JSON.stringify(body) })).toEqual(foreign);
  });

  test('that is no JSON is refused', async () => {
    const typed = await refusal({ headers: { 'content-type': 'text/plain' }, body: 'reason=x' });
    expect(typed).toMatchObject({ status: 415, reached: 0 });
    expect(await refusal({ body: '{"reason":' })).toMatchObject({ status: 400, reached: 0 });
  });

  test('of more than 64 KiB is refused', async () => {
    expect(await refusal({ body: { reason: 'x'.repeat(64 * 1024) } })).toMatchObject({ status: 413, reached: 0 });
  });

  test('without a session is refused before anything else', async () => {
    expect(await refusal({ headers: { 'x-csrf-token': token } }, running.browser())).toMatchObject({
      status: 401,
      reached: 0,
    });
  });
});

test('nobody else can log somebody out', async () => {
  expect(await refusal({ headers: { origin: 'https://evil.example' } }, ada, '/logout')).toEqual(foreign);
  expect(await refusal({ headers: { 'x-csrf-token': '' } }, ada, '/logout')).toEqual(csrf);
  expect((await ada.request('/logout')).status).not.toBe(200);
  expect((await ada.request('/api/session')).status).toBe(200);
});

test('commands of one person are bounded, and those of another go on', async () => {
  const bounded = await startConsole({ services: ['orders'], limits: { logins: 50, commands: 2, reads: 50 } });
  onTestFinished(() => bounded.stop());
  const oskar = bounded.browser();
  await oskar.logIn('oskar@example.com');
  const again = bounded.browser();
  await again.logIn('oskar@example.com');
  const other = bounded.browser();
  await other.logIn('ada@example.com');
  const statuses: number[] = [];
  for (const browser of [oskar, again, oskar, again, other]) {
    statuses.push((await browser.request(command, { method: 'POST', body })).status);
  }
  expect(statuses).toEqual([200, 200, 429, 429, 200]);
  expect((await oskar.request('/api/session')).status).toBe(200);
});
