import { type EntityKey, entityKeyText, type Queryable } from '@waybill/messaging';
import { textArray, plainArray } from '../array-literals.ts';
import { keyOf } from '../consuming/entity-sql.ts';
import type { GenerationRow } from './generations.ts';
import { SwapRefusedError } from './swap-refused.ts';

type Sides = Pick<GenerationRow, 'consumer' | 'name'>;

/** An entity with which the living projection has got further than the generation. */
export interface SetBack {
  readonly key: EntityKey;
  readonly from: number;
  readonly to: number;
}

const SET_BACK = `
  SELECT l.tenant, l.aggregate_type, l.aggregate_id, l.applied AS from_version, coalesce(g.applied, 0) AS to_version
    FROM waybill.entity l
    LEFT JOIN waybill.entity g ON g.consumer = $2 AND g.tenant = l.tenant AND g.aggregate_type = l.aggregate_type
                              AND g.aggregate_id = l.aggregate_id
   WHERE l.consumer = $1 AND l.applied > coalesce(g.applied, 0)`;

async function setBackBy(db: Queryable, { consumer, name }: Sides): Promise<readonly SetBack[]> {
  const { rows } = await db.query(SET_BACK, [consumer, name]);
  return rows.map((row) => ({ key: keyOf(row), from: Number(row['from_version']), to: Number(row['to_version']) }));
}

/**
 * Forgets that the living projection handled the events that a swap gives back to their entities: they are to be handled
 * again. Its versions still cover them until the swap, so nothing changes for it. Answers the entities. Reads the inbox where
 * there are any, which may take long; the living consumer stands still meanwhile.
 */
export async function forgetSetBack(db: Queryable, sides: Sides): Promise<readonly SetBack[]> {
  const setBack = await setBackBy(db, sides);
  if (setBack.length === 0) return setBack;
  await db.query(
    `DELETE FROM waybill.inbox i
      USING unnest($2::text[], $3::text[], $4::text[], $5::bigint[]) AS b (tenant, aggregate_type, aggregate_id, kept)
      WHERE i.consumer = $1 AND i.tenant = b.tenant AND i.aggregate_type = b.aggregate_type
        AND i.aggregate_id = b.aggregate_id AND i.version > b.kept AND i.arrival <> 'skipped'`,
    [
      sides.consumer,
      textArray(setBack.map(({ key }) => key.tenant)),
      textArray(setBack.map(({ key }) => key.aggregateType)),
      textArray(setBack.map(({ key }) => key.aggregateId)),
      plainArray(setBack.map(({ to }) => to)),
    ],
  );
  return setBack;
}

/** @throws {SwapRefusedError} when other entities would be set back, or from elsewhere, than was prepared. */
export async function needAsPrepared(tx: Queryable, sides: Sides, prepared: readonly SetBack[]): Promise<void> {
  await tx.query(
    `SELECT 1 FROM waybill.entity l WHERE l.consumer = $1 AND NOT EXISTS (
       SELECT FROM waybill.entity g WHERE g.consumer = $2 AND g.tenant = l.tenant AND g.aggregate_type = l.aggregate_type
          AND g.aggregate_id = l.aggregate_id AND g.applied = l.applied)
      ORDER BY l.tenant COLLATE "C", l.aggregate_type COLLATE "C", l.aggregate_id COLLATE "C" FOR UPDATE OF l`,
    [sides.consumer, sides.name],
  );
  const text = ({ key, from, to }: SetBack) => `${entityKeyText(key)} ${from} ${to}`;
  const known = new Set(prepared.map(text));
  const other = (await setBackBy(tx, sides)).find((entity) => !known.has(text(entity)));
  if (other !== undefined) throw new SwapRefusedError(`${entityKeyText(other.key)} went on meanwhile.`);
}

/** Gives the living consumer the versions of the generation, where they are others. Answers how many. */
export async function adoptEntities(tx: Queryable, { consumer, name }: Sides): Promise<number> {
  const changed = await tx.query(
    `UPDATE waybill.entity l SET applied = s.applied, last_id = s.last_id, holes = s.holes
       FROM (SELECT o.tenant, o.aggregate_type, o.aggregate_id, coalesce(g.applied, 0) AS applied, g.last_id,
                    coalesce(g.holes, '{}') AS holes
               FROM waybill.entity o
               LEFT JOIN waybill.entity g ON g.consumer = $2 AND g.tenant = o.tenant AND g.aggregate_type = o.aggregate_type
                                         AND g.aggregate_id = o.aggregate_id
              WHERE o.consumer = $1 AND o.applied <> coalesce(g.applied, 0)) s
      WHERE l.consumer = $1 AND l.tenant = s.tenant AND l.aggregate_type = s.aggregate_type AND l.aggregate_id = s.aggregate_id`,
    [consumer, name],
  );
  const added = await tx.query(
    `INSERT INTO waybill.entity AS l (consumer, tenant, aggregate_type, aggregate_id, applied, last_id, holes)
     SELECT $1, g.tenant, g.aggregate_type, g.aggregate_id, g.applied, g.last_id, g.holes FROM waybill.entity g
      WHERE g.consumer = $2 AND g.applied > 0 AND NOT EXISTS (
        SELECT FROM waybill.entity o WHERE o.consumer = $1 AND o.tenant = g.tenant AND o.aggregate_type = g.aggregate_type
           AND o.aggregate_id = g.aggregate_id)
     ON CONFLICT (consumer, tenant, aggregate_type, aggregate_id)
     DO UPDATE SET applied = excluded.applied, last_id = excluded.last_id, holes = excluded.holes`,
    [consumer, name],
  );
  return (changed.rowCount ?? 0) + (added.rowCount ?? 0);
}
