import type { State } from '../words/states.ts';

/** How a failed event stands, as the console knows it. */
export type KnownState = 'retrying' | 'dead' | 'redriven' | 'recovered' | 'skipped' | 'gone';

/** How a failed event stands, in one of the five states and in what more there is to say. */
export const knownStateWords: Readonly<Record<KnownState, { readonly state: State; readonly detail: string }>> = {
  dead: { state: 'dead', detail: 'waits for a person' },
  retrying: { state: 'retrying', detail: 'is tried again by itself' },
  redriven: { state: 'running', detail: 'was redriven' },
  recovered: { state: 'done', detail: 'was handled at last' },
  skipped: { state: 'done', detail: 'was given up' },
  gone: { state: 'done', detail: 'its service does not have it any more' },
};

/** The states that a list can be filtered by. */
export const knownStates: readonly { readonly value: string; readonly label: string }[] = [
  { value: '', label: 'not done with' },
  { value: 'dead', label: 'dead' },
  { value: 'retrying', label: 'retrying' },
  { value: 'redriven', label: 'redriven' },
  { value: 'recovered', label: 'handled at last' },
  { value: 'skipped', label: 'skipped' },
  { value: 'gone', label: 'gone' },
  { value: 'all', label: 'all' },
];
