import { execFileSync, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { claimPort } from '../../local/port-claims.ts';
import { arbitraryPort } from '../../local/ports.ts';

const source = fileURLToPath(new URL('../../local/port-claims.ts', import.meta.url));
const claiming = (port: number, then: string) =>
  ['-e', `import { claimPort } from ${JSON.stringify(source)}; console.log(claimPort(${port})); ${then}`] as const;

const others = new Set<ReturnType<typeof spawn>>();
afterEach(() => others.forEach((other) => other.kill('SIGKILL')));

test('a port that another process has chosen and does not listen on yet is left to it for as long as it lives', async () => {
  const port = await arbitraryPort();
  const other = spawn(process.execPath, [...claiming(port, 'setInterval(() => {}, 1000)')]);
  others.add(other);
  const answer = await new Promise((resolve) => other.stdout.once('data', (text) => resolve(String(text).trim())));
  expect(answer).toBe('true');
  expect(claimPort(port)).toBe(false);
  const ended = new Promise((resolve) => other.once('exit', resolve));
  other.kill('SIGKILL');
  await ended;
  expect(claimPort(port)).toBe(true);
});

test('a port may be claimed again by who has claimed it, and by nobody else', async () => {
  const port = await arbitraryPort();
  expect([claimPort(port), claimPort(port)]).toEqual([true, true]);
  expect(execFileSync(process.execPath, [...claiming(port, '')], { encoding: 'utf8' }).trim()).toBe('false');
});
