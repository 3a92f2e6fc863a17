import { afterEach, expect, test, vi } from 'vitest';
import { browserProgram } from './browser-program.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

test('a browser is the one that CHROMIUM names', () => {
  vi.stubEnv('CHROMIUM', process.execPath);
  expect(browserProgram()).toBe(process.execPath);
});

test('a wrong CHROMIUM is said to be wrong, and nothing is installed in its place', () => {
  vi.stubEnv('CHROMIUM', '/no/such/program');
  expect(browserProgram).toThrow(
    'CHROMIUM names no program: /no/such/program. Give the path of a Chromium, or unset it.',
  );
});
