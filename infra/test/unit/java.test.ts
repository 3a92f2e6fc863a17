import { describe, expect, test } from 'vitest';
import { newestJvm, parseJavaRelease } from '../../local/jvm.ts';

describe('the release of a Java runtime', () => {
  test.each([
    ['openjdk version "25.0.1" 2025-10-21 LTS', 25],
    ['openjdk version "21" 2023-09-19', 21],
    ['openjdk version "17.0.15" 2025-04-15\nOpenJDK Runtime Environment', 17],
    ['java version "1.8.0_402"', 8],
    ['openjdk version "26-ea" 2026-03-17', 26],
  ])('is read from %j', (output, release) => {
    expect(parseJavaRelease(output)).toBe(release);
  });

  test('is unknown when something else answers', () => {
    expect(parseJavaRelease('The operation could not be completed. Unable to locate a Java Runtime.')).toBeUndefined();
  });
});

describe('the runtime that is chosen', () => {
  test('is the newest', () => {
    const chosen = newestJvm([
      { java: 'a', release: 21, build: '' },
      { java: 'b', release: 25, build: '' },
      { java: 'c', release: 17, build: '' },
    ]);
    expect(chosen?.java).toBe('b');
  });

  test('is none when all are too old', () => {
    expect(newestJvm([{ java: 'a', release: 20, build: '' }])).toBeUndefined();
  });
});
