import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { withMistake } from '@waybill/testing/mutants';
import { describe, expect, it } from 'vitest';
import { patches } from '../../src/patches/patches.ts';

const root = new URL('../../../../', import.meta.url);

describe.each(Object.entries(patches))('the patch %s', (_name, mutants) => {
  it.each(mutants)('fits the source that it changes: $name', (mutant) => {
    const source = readFileSync(fileURLToPath(new URL(mutant.file, root)), 'utf8');
    expect(withMistake(source, mutant)).not.toBe(source);
  });
});
