import { describe, expect, test } from 'vitest';
import { isInstalled } from '../../local/installed-packages.ts';

const wanted = {
  packages: {
    '': {},
    'services/orders': { version: '0.1.0' },
    'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
    'node_modules/a/node_modules/b': { version: '2.0.0', integrity: 'sha512-b' },
    'node_modules/other-platform': { version: '1.0.0', integrity: 'sha512-c', optional: true },
    'node_modules/@waybill/orders': { resolved: 'services/orders', link: true },
  },
};
const {
  'node_modules/a': a,
  'node_modules/a/node_modules/b': b,
  'node_modules/@waybill/orders': link,
} = wanted.packages;
const complete = { 'node_modules/a': a, 'node_modules/a/node_modules/b': b, 'node_modules/@waybill/orders': link };

describe('packages are installed', () => {
  test('when all but those of other platforms are there', () => {
    expect(isInstalled(wanted, { packages: complete })).toBe(true);
  });
});

describe('packages are not installed', () => {
  test('when one is missing, nested or not', () => {
    expect(isInstalled(wanted, { packages: { 'node_modules/a': a, 'node_modules/@waybill/orders': link } })).toBe(
      false,
    );
  });

  test('when one has another version or another content', () => {
    expect(isInstalled(wanted, { packages: { ...complete, 'node_modules/a': { ...a, version: '1.0.1' } } })).toBe(
      false,
    );
    expect(isInstalled(wanted, { packages: { ...complete, 'node_modules/a': { ...a, integrity: 'sha512-x' } } })).toBe(
      false,
    );
  });

  test('when one for this platform alone is out of date', () => {
    const stale = { version: '0.9.0', integrity: 'sha512-old' };
    expect(isInstalled(wanted, { packages: { ...complete, 'node_modules/other-platform': stale } })).toBe(false);
  });

  test('when a new workspace is not linked yet', () => {
    expect(isInstalled(wanted, { packages: { 'node_modules/a': a, 'node_modules/a/node_modules/b': b } })).toBe(false);
  });
});
