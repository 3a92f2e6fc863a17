import { createServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { PortBook } from '../../local/port-book.ts';
import { choosePort, portCandidates, portIsFree } from '../../local/ports.ts';

const arbitrary = () => Promise.resolve(55_555);

describe('a port', () => {
  test('is the first candidate that is free', async () => {
    const taken = new Set([15_432, 15_442]);
    const chosen = await choosePort(
      portCandidates(15_432, undefined),
      (port) => Promise.resolve(!taken.has(port)),
      arbitrary,
    );
    expect(chosen).toBe(15_452);
  });

  test('is that of the last time before the default', async () => {
    expect(await choosePort(portCandidates(15_432, 20_000), () => Promise.resolve(true), arbitrary)).toBe(20_000);
  });

  test('is any free one when none of the candidates is', async () => {
    expect(await choosePort(portCandidates(15_432, undefined), () => Promise.resolve(false), arbitrary)).toBe(55_555);
  });
});

describe('on this machine', () => {
  const server = createServer();
  afterEach(() => server.close());

  test('a port that something listens on is not free, and two components never get the same one', async () => {
    const book = new PortBook({});
    const [first, second] = await Promise.all([book.choose('a', 21_432), book.choose('b', 21_432)]);
    expect(first).not.toBe(second);
    expect(book.chosen()).toEqual({ a: first, b: second });
    await new Promise<void>((resolve) => server.listen(first, '127.0.0.1', resolve));
    expect(await portIsFree(first)).toBe(false);
    expect(await new PortBook({ a: first }).choose('a', second)).toBe(second);
  });
});
