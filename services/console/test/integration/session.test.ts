import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser } from './harness/browser.ts';
import { type RunningConsole, startConsole } from './harness/console.ts';

let running: RunningConsole;

beforeAll(async () => {
  running = await startConsole({ services: ['orders'] });
});

afterAll(async () => {
  await running.stop();
});

async function loggedIn(person = 'ada@example.com'): Promise<Browser> {
  const browser = running.browser();
  await browser.logIn(person);
  return browser;
}

/** The response when its body is there too: the session is kept before the last of that, and not before its head. */
async function ended(response: Response): Promise<Response> {
  await response.clone().arrayBuffer();
  return response;
}

const ofPerson = `sess -> 'loggedIn' -> 'person' ->> 'id' = $1`;

/** Minutes until the session of this person ends when nothing is done. */
async function minutesLeft(person: string): Promise<number> {
  const { rows } = await running.pool.query<{ minutes: number }>(
    `select extract(epoch from expire - now())::float8 / 60 as minutes from console_session where ${ofPerson}`,
    [person],
  );
  return rows[0]?.minutes ?? Number.NaN;
}

async function setMinutesLeft(person: string, minutes: number): Promise<void> {
  await running.pool.query(`update console_session set expire = now() + make_interval(secs => $2) where ${ofPerson}`, [
    person,
    minutes * 60,
  ]);
}

describe('a session', () => {
  test('over http has a cookie that scripts cannot read and other sites do not send', async () => {
    const response = await running.browser().logIn('ada@example.com');
    expect(response.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^waybill=[^;]+; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/),
    ]);
  });

  test('ends half an hour after the last request', async () => {
    const browser = await loggedIn('vera@example.com');
    await setMinutesLeft('vera@example.com', 5);
    await ended(await browser.request('/api/session'));
    expect(await minutesLeft('vera@example.com')).toBeGreaterThan(29);
    await setMinutesLeft('vera@example.com', -1);
    expect((await browser.request('/api/session')).status).toBe(401);
  });

  test('is not kept alive by a page that asks by itself', async () => {
    const browser = await loggedIn('oskar@example.com');
    await setMinutesLeft('oskar@example.com', 5);
    const response = await ended(await browser.request('/api/overview', { headers: { 'x-unattended': '1' } }));
    expect([response.status, response.headers.getSetCookie()]).toEqual([200, []]);
    expect(await minutesLeft('oskar@example.com')).toBeLessThan(6);
  });

  test('ends eight hours after the login, however busy it is', async () => {
    const browser = await loggedIn('aki@example.com');
    running.clock.now += 8 * 60 * 60_000 - 60_000;
    expect((await browser.request('/api/session')).status).toBe(200);
    running.clock.now += 60_000;
    const response = await browser.request('/api/session');
    expect([response.status, await response.json()]).toMatchObject([
      401,
      { type: 'urn:waybill:problem:console.session-ended' },
    ]);
    expect(await minutesLeft('aki@example.com')).toBeNaN();
  });

  test('that was logged out is worth nothing to whoever has its cookie', async () => {
    const browser = await loggedIn();
    const cookies = browser.cookies();
    const response = await browser.request('/logout', { method: 'POST' });
    expect([response.status, await response.json()]).toEqual([200, { next: '/login' }]);
    expect(browser.cookies()).toBe('');
    browser.setCookies(cookies);
    expect((await browser.request('/api/session')).status).toBe(401);
  });

  test('with a cookie that was changed is none', async () => {
    const browser = await loggedIn();
    browser.setCookies(browser.cookies().replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')));
    expect((await browser.request('/api/session')).status).toBe(401);
  });

  test('is refused as a problem, so that pages can tell', async () => {
    const response = await running.browser().request('/api/failures');
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(await response.json()).toMatchObject({ status: 401, type: 'urn:waybill:problem:console.not-logged-in' });
  });
});

test('logging in from several tabs at once works in each', async () => {
  const browser = running.browser();
  await browser.request('/login?return=/one');
  await browser.request('/login?return=/two');
  const response = await browser.logIn('ada@example.com', '/three');
  expect(response.headers.get('location')).toBe('/three');
});
