import { queueReason } from '../words/states.ts';

/** Why an event is parked: the queue's reason, the state that it means, and what there is to say. */
export interface ParkedWhy {
  readonly reason: string;
  readonly state: 'waiting' | 'retrying' | 'dead';
  readonly words: string;
}

/** Reads why a step is parked: the queue's reason, then the error's code and message: `dead: payments.unmapped: …`. */
export function parkedWhy(why: string | undefined): ParkedWhy {
  const [reason = '', ...rest] = (why ?? '').split(': ');
  const state = reason === 'dead' ? 'dead' : reason === 'retry' ? 'retrying' : 'waiting';
  const message = rest.slice(1).join(': ');
  const words = message === '' ? queueReason(reason) : message;
  return { reason, state, words: words === '' ? 'it waits' : words };
}
