import type { CommandResult } from '@waybill/service/operations';
import type { Answers, Unanswered } from './ask-all.ts';
import type { Ending } from './exit-codes.ts';
import { errorJson } from './printing/problem-lines.ts';

/** What a command has to say when it is through: the same for people and for programs. */
export interface Outcome {
  readonly ending: Ending;
  readonly lines: readonly string[];
  readonly json: Readonly<Record<string, unknown>>;
  /** Services that what is shown lacks; when there are any, the ending is `failed` at best. */
  readonly unanswered?: readonly Unanswered[];
}

/** What is shown was asked for and is there. */
export function shown(
  lines: readonly string[],
  json: Readonly<Record<string, unknown>>,
  unanswered: readonly Unanswered[] = [],
): Outcome {
  return { ending: 'done', lines, json, unanswered };
}

/** A list of what services answered; when none did, there is nothing to say about it. */
export function listed(
  { answers, unanswered }: Answers<unknown>,
  lines: readonly string[],
  json: Readonly<Record<string, unknown>>,
): Outcome {
  return shown(answers.length === 0 ? [] : lines, json, unanswered);
}

/** How much of what there is a list could show. */
export type Extent = 'everything' | 'a selection' | 'of those that answered';

/** @param narrowed whether options restricted the list. */
export function extentOf({ unanswered }: Answers<unknown>, narrowed: 'narrowed' | 'whole'): Extent {
  if (narrowed === 'narrowed') return 'a selection';
  return unanswered.length === 0 ? 'everything' : 'of those that answered';
}

/**
 * What became of a command.
 * @param what what it was, as a phrase that follows “Done: ”: `entry 42 is tried again`.
 */
export function commanded(service: string, { result, audit, approval, job }: CommandResult, what: string): Outcome {
  const json = { result, service, audit, approval, job };
  const entry = audit === undefined ? '' : ` (entry ${audit} of the audit trail of ${service})`;
  if (result === 'done') {
    const watching = job === undefined ? [] : [`  ./waybill jobs watch ${job} --service ${service}`];
    return { ending: 'done', lines: [`Done: ${what}${entry}.`, ...watching], json };
  }
  return {
    ending: 'waits-for-approval',
    lines: [
      `Asked for: ${what}${entry}. Nothing has happened yet: somebody else must agree.`,
      ...(approval === undefined ? [] : [`  ./waybill approvals approve ${approval} --service ${service}`]),
    ],
    json,
  };
}

/** How it ends, once what is missing is counted in. */
export function endingOf({ ending, unanswered = [] }: Outcome): Ending {
  return ending === 'done' && unanswered.length > 0 ? 'failed' : ending;
}

/** The one object for programs. */
export function outcomeJson(outcome: Outcome): Readonly<Record<string, unknown>> {
  const { json, unanswered = [] } = outcome;
  if (unanswered.length === 0) return json;
  return { ...json, unanswered: unanswered.map(({ error }) => errorJson(error)) };
}
