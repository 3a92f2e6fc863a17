import { registerHooks } from 'node:module';
import { type Mutant, withMistake } from './mutant.ts';

const root = new URL('../../../../', import.meta.url);

/**
 * Puts a mutant's mistake into its file for all modules that this thread loads from now on. Call it before anything
 * that imports the file, in a thread or process of its own. The answer tells whether the file was loaded since.
 * @throws {MutantDoesNotFitError} at the import of the file, when it has changed.
 */
export function loadMutant(mutant: Mutant): () => boolean {
  const target = new URL(mutant.file, root).href;
  let loaded = false;
  registerHooks({
    load(url, context, nextLoad) {
      const module = nextLoad(url, context);
      if (url !== target) return module;
      loaded = true;
      const source = module.source;
      const text = typeof source === 'string' ? source : new TextDecoder().decode(source ?? undefined);
      return { ...module, source: withMistake(text, mutant) };
    },
  });
  return () => loaded;
}
