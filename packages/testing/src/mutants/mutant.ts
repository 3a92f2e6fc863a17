/** A known mistake, as a patch to one source file. It is applied for its own test alone, while the file is loaded. */
export interface Mutant {
  /** A few words, unique: `forget the fence of a cursor`. */
  readonly name: string;
  /** From the root of the repository: `packages/messaging/src/publishing/cursor.ts`. */
  readonly file: string;
  /** Text that the file has exactly once. */
  readonly find: string;
  readonly replace: string;
  /** What goes wrong because of it. */
  readonly why: string;
}

/** The patch no longer fits its file: the file has changed, and the mutant must follow. */
export class MutantDoesNotFitError extends Error {
  constructor({ name, file }: Mutant, found: number) {
    super(
      `The mutant "${name}" finds its text ${found} times in ${file}, and must find it once. The file has changed: write the mistake anew.`,
    );
    this.name = 'MutantDoesNotFitError';
  }
}

/** A file's source with the mistake in it. @throws {MutantDoesNotFitError} */
export function withMistake(source: string, mutant: Mutant): string {
  const found = source.split(mutant.find).length - 1;
  if (found !== 1) throw new MutantDoesNotFitError(mutant, found);
  return source.replace(mutant.find, () => mutant.replace);
}
