import { describe, expect, test } from 'vitest';
import { returnPath } from '../../src/domain/return-path.ts';

describe('the path to return to after the login', () => {
  test.each([
    ['/'],
    ['/failures?consumer=orders.payments'],
    ['/journey/order-1042#steps'],
    ['/journey/a%2Fb%20c'],
    ['/loginish'],
    ['/apis'],
  ])('is the one that was asked for: %s', (path) => {
    expect(returnPath(path)).toBe(path);
  });

  test.each([
    ['https://evil.example/'],
    ['//evil.example/'],
    ['///evil.example/'],
    ['/\\evil.example/'],
    ['\\/evil.example/'],
    ['/\t/evil.example/'],
    ['/\n/evil.example/'],
    [' //evil.example/'],
    ['/ /evil.example'],
    ['/.//evil.example/'],
    ['/a/..//evil.example/'],
    ['/%2e%2e//evil.example'],
    ['javascript:alert(1)'],
    ['evil.example'],
    [''],
    ['/\u0000'],
    [`/${'x'.repeat(2_000)}`],
    ['/login'],
    ['/login/callback?code=1'],
    ['/logout'],
    ['/a/../login'],
    ['/api/session'],
    [undefined],
    [['/failures', '//evil.example']],
  ])('is the first page instead of %j', (path) => {
    expect(returnPath(path)).toBe('/');
  });

  test.each([['/x/../../failures'], ['/failures/./group'], ['/@evil.example/'], ['/:80/']])(
    'stays within the console: %s',
    (path) => {
      const answer = returnPath(path);
      expect(new URL(answer, 'https://console.example').host).toBe('console.example');
    },
  );
});
