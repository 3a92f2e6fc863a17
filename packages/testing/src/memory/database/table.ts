import { Lock } from './lock.ts';

/** The name of a table and the shape of its rows; what a row holds is never changed, only replaced. */
export interface TableName<TRow> {
  readonly name: string;
  /** Carries the type alone. */
  readonly row?: TRow;
}

export function tableName<TRow>(name: string): TableName<TRow> {
  return { name };
}

/** A row as committed, and as the one transaction that may change it sees it. */
export interface Cell {
  readonly key: string;
  readonly lock: Lock;
  committed: unknown;
  /** Set while a transaction has changed the row. */
  pending: { readonly row: unknown } | undefined;
}

/** Rows by key. */
export class Table {
  readonly name: string;
  readonly cells = new Map<string, Cell>();

  constructor(name: string) {
    this.name = name;
  }

  cell(key: string): Cell {
    let cell = this.cells.get(key);
    if (cell === undefined) {
      cell = { key, lock: new Lock(), committed: undefined, pending: undefined };
      this.cells.set(key, cell);
    }
    return cell;
  }

  /** Forgets a cell that holds nothing and that nobody waits for. */
  sweep(cell: Cell): void {
    if (cell.committed === undefined && cell.pending === undefined && cell.lock.isFree) this.cells.delete(cell.key);
  }
}
