import type { Queryable } from '@waybill/messaging';

/** An event's data before and after an edit, with its personal values masked. A side that could not be read is left out. */
export interface ShownEdit {
  readonly before?: unknown;
  readonly after?: unknown;
}

/** An edit as it is kept. The bytes hold personal values, and go after a time; what is shown stays. */
export interface EditRow {
  readonly at: Date;
  readonly actor: string;
  readonly original: Uint8Array | null;
  /** Null once the bytes are gone. */
  readonly edited: Uint8Array | null;
  readonly shown: ShownEdit | undefined;
}

/** Keeps what an operator changed in an event, and answers the edit's number. */
export async function keepEdit(
  tx: Queryable,
  edit: {
    readonly consumer: string;
    readonly eventId: string;
    readonly version: number;
    readonly original: Uint8Array | null;
    readonly edited: Uint8Array;
    readonly shown: ShownEdit;
    readonly actor: string;
  },
): Promise<number> {
  const { rows } = await tx.query(
    `INSERT INTO waybill.parked_edit (consumer, event_id, version, original, edited, shown, actor)
     VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`,
    [
      ...[edit.consumer, edit.eventId, edit.version],
      edit.original === null ? null : Buffer.from(edit.original),
      Buffer.from(edit.edited),
      JSON.stringify(edit.shown),
      edit.actor,
    ],
  );
  return Number(rows[0]?.['id']);
}

/** The edits of an event at a consumer, in the order in which they were made. */
export async function editsOf(
  db: Queryable,
  { consumer, eventId, version }: { readonly consumer: string; readonly eventId: string; readonly version: number },
): Promise<readonly EditRow[]> {
  const { rows } = await db.query(
    `SELECT edited_at, actor, original, edited, shown FROM waybill.parked_edit
      WHERE consumer = $1 AND event_id = $2 AND version = $3 ORDER BY id`,
    [consumer, eventId, version],
  );
  return rows.map((row) => ({
    at: row['edited_at'] as Date,
    actor: String(row['actor']),
    original: row['original'] as Uint8Array | null,
    edited: row['edited'] as Uint8Array | null,
    shown: row['shown'] === null ? undefined : (row['shown'] as ShownEdit),
  }));
}

/** What edits changed, by their numbers. */
export async function shownEdits(db: Queryable, ids: readonly number[]): Promise<ReadonlyMap<number, ShownEdit>> {
  if (ids.length === 0) return new Map();
  const { rows } = await db.query(
    `SELECT id, shown FROM waybill.parked_edit WHERE id = ANY ($1::bigint[]) AND shown IS NOT NULL`,
    [ids],
  );
  return new Map(rows.map((row) => [Number(row['id']), row['shown'] as ShownEdit]));
}

/** Drops the bytes of edits, and the data of requests for them, that are older than the retention. */
export async function dropEditedBytes(db: Queryable, oldest: Date): Promise<void> {
  await db.query(
    `UPDATE waybill.parked_edit SET original = NULL, edited = NULL WHERE edited_at < $1 AND edited IS NOT NULL`,
    [oldest],
  );
  await db.query(
    `UPDATE waybill.approval SET request = request - 'data'
      WHERE operation = 'edit' AND asked_at < $1 AND request ? 'data'`,
    [oldest],
  );
}
