import { expect, test } from 'vitest';
import { exportLine } from '../../../src/operations/audit.ts';

test('an exported entry bears its service’s name, and is as it was sent otherwise', () => {
  expect(exportLine('orders', '{"seq":1,"details":{"n":1.0}}')).toBe(
    '{"service":"orders","seq":1,"details":{"n":1.0}}',
  );
});
