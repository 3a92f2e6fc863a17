import { WaybillError } from '../errors.ts';

/** Calls that ran ahead of each other did not do what they would have done one after another; nothing was committed. */
export class OutOfTurnError extends WaybillError {
  constructor() {
    super(
      'consumer.out-of-turn',
      'A handler made a statement after a later call had made one; they are called in turn.',
    );
  }
}

/** One call's place among the statements. */
export interface StatementTurn {
  /**
   * Takes the turn for a statement.
   * @throws {OutOfTurnError} when a later call has made one before it.
   */
  take(): void;
  /** Statements made so far. */
  readonly statements: number;
}

/** The statements of calls that run ahead of each other, which must reach the database in the order of the calls. */
export class StatementTurns {
  #latest = 0;
  readonly #brokenBy = new Set<number>();

  /** The turn of the call at a position. */
  turn(position: number): StatementTurn {
    let statements = 0;
    return {
      take: () => {
        if (position < this.#latest) {
          this.#brokenBy.add(position);
          throw new OutOfTurnError();
        }
        this.#latest = position;
        statements += 1;
      },
      get statements() {
        return statements;
      },
    };
  }

  /** The positions of the calls that wanted to make a statement out of turn, also where a handler made nothing of it. */
  get brokenBy(): ReadonlySet<number> {
    return this.#brokenBy;
  }
}
