import type { Writable } from 'node:stream';
import * as prompts from '@clack/prompts';
import { DeclinedError, UsageError } from './errors.ts';

/** What is asked of the person before something is done. */
export interface Questions {
  /** Whether there is a person who can be asked. */
  readonly mode: 'terminal' | 'pipe';
  /**
   * Makes sure that it is wanted.
   * @throws DeclinedError when it is not; UsageError where nobody can be asked and `--yes` was not given.
   */
  confirm(question: string): Promise<void>;
  /** Asks yes or no; `no` where nobody can be asked. */
  wants(question: string): Promise<'yes' | 'no'>;
  /**
   * What was given, or else what the person writes.
   * @throws UsageError where nobody can be asked; DeclinedError when nothing is written.
   */
  reason(given: string | undefined): Promise<string>;
}

export interface QuestionOptions {
  readonly mode: 'terminal' | 'pipe';
  /** `given`: what is asked by `confirm` was answered with yes beforehand. */
  readonly yes: 'given' | 'not given';
  /** Where questions are shown. */
  readonly output: Writable;
}

export function questionsOn({ mode, yes, output }: QuestionOptions): Questions {
  async function wants(message: string): Promise<'yes' | 'no'> {
    if (mode === 'pipe') return 'no';
    return (await prompts.confirm({ message, output, initialValue: false })) === true ? 'yes' : 'no';
  }
  return {
    mode,
    wants,
    async confirm(message) {
      if (yes === 'given') return;
      if (mode === 'pipe')
        throw new UsageError('This must be confirmed, and nobody can be asked here. Look at it, then add --yes.');
      if ((await wants(message)) === 'no') throw new DeclinedError();
    },
    async reason(given) {
      if (given !== undefined) return given;
      if (mode === 'pipe') throw new UsageError('Say why, for the audit trail: --reason "…".');
      const text = await prompts.text({ message: 'Why? It is kept in the audit trail.', output });
      if (typeof text !== 'string' || text.trim() === '') throw new DeclinedError();
      return text.trim();
    },
  };
}
