import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { artifactFileName, fingerprint, isIntact, parseArtifactList, readArtifactList } from '../../local/artifacts.ts';

const sha256 = 'a'.repeat(64);
const entry = (artifact: string) => ({ artifact, sha256, size: 1 });
const list = (kafka: readonly unknown[]) => JSON.stringify({ kafka, registry: [entry('g:registry:tar.gz:all:1')] });

describe('the list of artifacts', () => {
  test('that is checked in can be read, and names no address', async () => {
    const artifacts = await readArtifactList();
    expect(artifacts.kafka.map((one) => one.artifact)).toContain('org.apache.kafka:kafka_2.13:4.3.0');
    expect(JSON.stringify(artifacts)).not.toContain('//');
  });

  test('is refused when a checksum is malformed, naming where', () => {
    const text = list([{ ...entry('g:a:1'), sha256: 'abc' }]);
    expect(() => parseArtifactList(text)).toThrow(/sha256/);
  });

  test('is refused when it holds a field that is not known, such as an address', () => {
    const text = list([{ ...entry('g:a:1'), url: 'somewhere' }]);
    expect(() => parseArtifactList(text)).toThrow(/url/);
  });

  test('is refused when two entries would lie in the same file', () => {
    expect(() => parseArtifactList(list([entry('g:a:1'), entry('h:a:1')]))).toThrow(/a-1\.jar is in it twice/);
  });

  test('is refused when it is not JSON', () => {
    expect(() => parseArtifactList('{')).toThrow(/not JSON/);
  });
});

describe('a file name', () => {
  test.each([
    ['g:a:1.0', 'a-1.0.jar'],
    ['g:a:tar.gz:1.0', 'a-1.0.tar.gz'],
    ['g:a:tar.gz:all:1.0', 'a-1.0-all.tar.gz'],
  ])('for %s is %s', (coordinates, name) => {
    expect(artifactFileName(coordinates)).toBe(name);
  });
});

test('a fingerprint depends on the contents and not on their order', () => {
  const [a, b] = [entry('g:a:1'), entry('g:b:1')];
  expect(fingerprint([a, b])).toBe(fingerprint([b, a]));
  expect(fingerprint([a, b])).not.toBe(fingerprint([a, { ...b, sha256: 'b'.repeat(64) }]));
});

describe('a file', () => {
  const content = 'as it should be';
  const expected = { sha256: createHash('sha256').update(content).digest('hex'), size: content.length };
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'waybill-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  test.each([
    ['is intact as it should be', content, true],
    ['with another byte of the same length is not', content.replace('b', 'B'), false],
    ['that is cut short is not', content.slice(1), false],
  ])('%s', async (name, text, intact) => {
    const path = join(directory, name);
    await writeFile(path, text);
    expect(await isIntact(path, expected)).toBe(intact);
  });

  test('that is not there is not intact', async () => {
    expect(await isIntact(join(directory, 'nothing'), expected)).toBe(false);
  });
});
