import type { Mutant } from '@waybill/testing/mutants';

/** A known mistake in the SQL of this package. */
export interface SqlMutant extends Mutant {
  /** The title of a test of the conformance suites that fails because of it. */
  readonly found: string;
}

const source = 'packages/postgres/src/';

/** Mistakes in one file. */
export function mistakesIn(file: string, mistakes: readonly Omit<SqlMutant, 'file'>[]): readonly SqlMutant[] {
  return mistakes.map((mistake) => ({ ...mistake, file: `${source}${file}` }));
}
