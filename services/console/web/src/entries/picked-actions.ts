import type { ParkedSummary } from '@waybill/service/operations';
import { counted } from '../words/counting.ts';

/** What can be done with entries one by one. */
export type PickedAction = 'redrive' | 'skip' | 'assign' | 'note';

export interface PickedWords {
  readonly title: string;
  readonly touches: string;
  readonly lasting: string;
  readonly needsText: boolean;
  /** Characters that the text has at least. */
  readonly fewest: number;
}

/** What a dialog says before it does something with picked entries. */
export function pickedWords(action: PickedAction, entries: readonly ParkedSummary[]): PickedWords {
  const count = counted(entries.length, 'entry', 'entries');
  const entities = new Set(entries.map(({ aggregateType, aggregateId }) => `${aggregateType}/${aggregateId}`)).size;
  const behind = entries.reduce((sum, entry) => sum + entry.behind, 0);
  const touched = `${count} of ${counted(entities, 'entity', 'entities')}${behind === 0 ? '' : `; ${counted(behind, 'event')} wait behind`}.`;
  switch (action) {
    case 'redrive':
      return {
        title: `Redrive ${count}`,
        touches: touched,
        lasting: 'Each is tried again in the order of its entity. What its handler does cannot be taken back.',
        needsText: false,
        fewest: 3,
      };
    case 'skip':
      return {
        title: `Skip ${count}`,
        touches: touched,
        lasting:
          'Skipped events never have their effect at this consumer, and those behind them go on. This cannot be undone.',
        needsText: true,
        fewest: 3,
      };
    case 'assign':
      return {
        title: `Assign ${count}`,
        touches: touched,
        lasting: 'It can be changed at any time.',
        needsText: false,
        fewest: 0,
      };
    case 'note':
      return {
        title: `Write a note on ${count}`,
        touches: touched,
        lasting: 'A note stays in the history for good.',
        needsText: true,
        fewest: 1,
      };
  }
}

/** The path of the command for one entry, below `/ops/v1`. */
export function pathOf(action: PickedAction, id: string): string {
  return `parked/${id}/${action}`;
}

/** The body of the command. @param text The reason, the assignee, or the note. */
export function bodyOf(action: PickedAction, text: string): unknown {
  switch (action) {
    case 'assign':
      return { assignee: text === '' ? null : text };
    case 'note':
      return { text };
    case 'skip':
      return { reason: text };
    case 'redrive':
      return text === '' ? {} : { reason: text };
  }
}
