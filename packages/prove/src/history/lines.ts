/** How an operation was meant to go. `refused`: one of its events does not fit its contract. */
export type OperationForm = 'plain' | 'rollback' | 'savepoint' | 'long' | 'refused';

/** `unknown`: its COMMIT was sent, and nobody can say whether it took effect. */
export type Outcome = 'ok' | 'failed' | 'unknown';

/**
 * What a history holds. The checker reads it with its own eyes (`packages/checker/src/proof/history.ts`), so that a
 * change here is a change there.
 */
export type HistoryLine =
  | {
      readonly kind: 'begin';
      readonly operation: string;
      readonly form: OperationForm;
      /** The accounts whose events it leaves when it is committed, one for each event. */
      readonly accounts: readonly string[];
    }
  | { readonly kind: 'end'; readonly operation: string; readonly outcome: Outcome; readonly error?: string }
  | {
      readonly kind: 'deliver';
      readonly delivery: number;
      readonly consumer: string;
      readonly topic: string;
      readonly partition: number;
      readonly count: number;
    }
  | { readonly kind: 'delivered'; readonly delivery: number; readonly outcome: Exclude<Outcome, 'unknown'> }
  | { readonly kind: 'call'; readonly key: string; readonly port: string; readonly again: boolean }
  | { readonly kind: 'started'; readonly pid: number }
  | { readonly kind: 'ended'; readonly target: string; readonly how: string; readonly expected: boolean }
  | {
      readonly kind: 'fault';
      readonly fault: number;
      readonly form: string;
      readonly target: string;
      readonly phase: 'begin' | 'end';
      readonly detail?: string;
    }
  | { readonly kind: 'load'; readonly phase: 'begin' | 'end' }
  | { readonly kind: 'at-rest'; readonly outcome: 'at-rest' | 'stuck'; readonly detail: string };
