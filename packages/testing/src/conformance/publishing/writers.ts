import fc from 'fast-check';
import type { OpenTransaction, StoreDatabase } from '../store-workbench.ts';
import { append } from './arranging.ts';

const WRITERS = 4;
const AGGREGATES = ['a', 'b', 'c', 'd', 'e'] as const;

export type Command =
  | {
      readonly kind: 'write';
      readonly writer: number;
      readonly ids: readonly string[];
      /** Whether it is done after a savepoint, and what becomes of that. */
      readonly savepoint: 'none' | 'keep' | 'undo';
    }
  | { readonly kind: 'end'; readonly writer: number; readonly how: 'commit' | 'rollback' }
  | { readonly kind: 'read'; readonly limit: number; readonly saved: boolean }
  | { readonly kind: 'crash' };

const writer = fc.nat({ max: WRITERS - 1 });

/** What several writers and one reader do in turn. */
export const commands: fc.Arbitrary<readonly Command[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('write' as const),
        writer,
        ids: fc.array(fc.constantFrom(...AGGREGATES), { minLength: 1, maxLength: 3 }),
        savepoint: fc.constantFrom('none', 'none', 'keep', 'undo'),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('end' as const),
        writer,
        how: fc.constantFrom('commit', 'commit', 'commit', 'rollback'),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('read' as const),
        limit: fc.integer({ min: 1, max: 6 }),
        saved: fc.boolean(),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ kind: 'crash' as const }) },
  ),
  { maxLength: 40 },
);

interface Open {
  readonly tx: OpenTransaction;
  readonly written: string[];
  /** The aggregates that it has raised, also if it was undone: nobody else can raise them meanwhile. */
  readonly locked: Set<string>;
}

/** Writers with a transaction each at most, and a record of what they committed. */
export class Writers {
  readonly #database: StoreDatabase;
  readonly #prefix: string;
  readonly #open = new Map<number, Open>();
  readonly #versions = new Map<string, number>();

  /** @param prefix makes the names of the aggregates, so that many of these can use one database. */
  constructor(database: StoreDatabase, prefix: string) {
    this.#database = database;
    this.#prefix = prefix;
  }

  /** Does nothing when it would wait for another writer. */
  async write(command: Command & { readonly kind: 'write' }): Promise<void> {
    const ids = command.ids.map((id) => `${this.#prefix}-${id}`);
    const others = [...this.#open].filter(([number]) => number !== command.writer);
    if (others.some(([, { locked }]) => ids.some((id) => locked.has(id)))) return;
    const open = this.#open.get(command.writer) ?? { tx: await this.#database.begin(), written: [], locked: new Set() };
    this.#open.set(command.writer, open);
    for (const id of ids) open.locked.add(id);
    const work = async (): Promise<void> => void (await append(this.#database, open.tx, ...ids));
    await (command.savepoint === 'none' ? work() : open.tx.savepoint(work, command.savepoint));
    if (command.savepoint !== 'undo') open.written.push(...ids);
  }

  async end(writer: number, how: 'commit' | 'rollback'): Promise<void> {
    const open = this.#open.get(writer);
    if (open === undefined) return;
    this.#open.delete(writer);
    await open.tx[how]();
    if (how === 'rollback') return;
    for (const id of open.written) this.#versions.set(id, (this.#versions.get(id) ?? 0) + 1);
  }

  async commitAll(): Promise<void> {
    for (const writer of [...this.#open.keys()]) await this.end(writer, 'commit');
  }

  async rollbackAll(): Promise<void> {
    for (const writer of [...this.#open.keys()]) await this.end(writer, 'rollback');
  }

  /** 1, 2, 3 and so on for each aggregate, as far as it was committed. */
  committedVersions(): Record<string, readonly number[]> {
    return Object.fromEntries(
      [...this.#versions].map(([id, last]) => [id, Array.from({ length: last }, (_, index) => index + 1)]),
    );
  }
}
