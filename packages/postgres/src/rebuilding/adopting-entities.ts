import { type EntityKey, entityKeyText, type Queryable } from '@waybill/messaging';
import { plainArray, textArray } from '../array-literals.ts';
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

/** An entity with which the two have not got equally far. */
interface Difference extends SetBack {
  /** Whether the living consumer has a row of it. */
  readonly isKnown: boolean;
  readonly lastId: string | undefined;
  readonly holes: string;
}

/** Both sides in the order of their index, so that they are read once, side by side. */
const DIFFERENCES = `
  SELECT tenant, aggregate_type, aggregate_id, o.applied AS old, n.applied AS new, n.last_id, n.holes::text AS holes
    FROM (SELECT tenant, aggregate_type, aggregate_id, applied FROM waybill.entity WHERE consumer = $1) o
    FULL JOIN (SELECT tenant, aggregate_type, aggregate_id, applied, last_id, holes FROM waybill.entity WHERE consumer = $2) n
         USING (tenant, aggregate_type, aggregate_id)
   WHERE coalesce(o.applied, 0) <> coalesce(n.applied, 0)`;

async function differences(db: Queryable, { consumer, name }: Sides): Promise<readonly Difference[]> {
  const { rows } = await db.query(DIFFERENCES, [consumer, name]);
  return rows.map((row) => ({
    ...{ key: keyOf(row), from: Number(row['old'] ?? 0), to: Number(row['new'] ?? 0), isKnown: row['old'] !== null },
    lastId: (row['last_id'] ?? undefined) as string | undefined,
    holes: typeof row['holes'] === 'string' ? row['holes'] : '{}',
  }));
}

/**
 * Forgets that the living projection handled the events that a swap gives back to their entities: they are to be handled
 * again. Its versions still cover them until the swap, so nothing changes for it. Answers the entities. Reads the inbox where
 * there are any, which may take long; the living consumer stands still meanwhile.
 */
export async function forgetSetBack(db: Queryable, sides: Sides): Promise<readonly SetBack[]> {
  const setBack = (await differences(db, sides)).filter(({ from, to }) => from > to);
  if (setBack.length === 0) return setBack;
  await db.query(
    `DELETE FROM waybill.inbox i
      USING unnest($2::text[], $3::text[], $4::text[], $5::bigint[]) AS b (tenant, aggregate_type, aggregate_id, kept)
      WHERE i.consumer = $1 AND i.tenant = b.tenant AND i.aggregate_type = b.aggregate_type
        AND i.aggregate_id = b.aggregate_id AND i.version > b.kept AND i.arrival <> 'skipped'`,
    [sides.consumer, ...keyColumns(setBack), plainArray(setBack.map(({ to }) => to))],
  );
  return setBack;
}

/**
 * Gives the living consumer the versions of the generation, where they are others, once nobody writes to its tables any more.
 * Answers how many.
 *
 * @throws {SwapRefusedError} when an entity would be set back that was not prepared for it, or goes on at this moment.
 */
export async function adoptEntities(tx: Queryable, sides: Sides, prepared: readonly SetBack[]): Promise<number> {
  const text = ({ key, from, to }: SetBack) => `${entityKeyText(key)} ${from} ${to}`;
  const expected = new Set(prepared.map(text));
  const all = await differences(tx, sides);
  const other = all.find((entity) => entity.from > entity.to && !expected.has(text(entity)));
  if (other !== undefined) throw new SwapRefusedError(`${entityKeyText(other.key)} went on meanwhile.`);
  const known = all.filter(({ isKnown }) => isKnown);
  const found = all.filter(({ isKnown }) => !isKnown);
  const changed = (await changeKnown(tx, sides, known)) + (await addFound(tx, sides, found));
  if (changed !== all.length) throw new SwapRefusedError(`${all.length - changed} entities go on at this moment.`);
  return changed;
}

const KEYS = 'tenant, aggregate_type, aggregate_id';

async function changeKnown(tx: Queryable, { consumer }: Sides, entities: readonly Difference[]): Promise<number> {
  if (entities.length === 0) return 0;
  const { rowCount } = await tx.query(
    `UPDATE waybill.entity e SET applied = k.applied, last_id = k.last_id, holes = k.holes::int8multirange
       FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::uuid[], $7::text[], $8::bigint[])
            AS k (${KEYS}, applied, last_id, holes, before)
      WHERE e.consumer = $1 AND e.tenant = k.tenant AND e.aggregate_type = k.aggregate_type
        AND e.aggregate_id = k.aggregate_id AND e.applied = k.before`,
    [consumer, ...keyColumns(entities), ...stateColumns(entities), plainArray(entities.map(({ from }) => from))],
  );
  return rowCount ?? 0;
}

async function addFound(tx: Queryable, { consumer }: Sides, entities: readonly Difference[]): Promise<number> {
  if (entities.length === 0) return 0;
  const { rowCount } = await tx.query(
    `INSERT INTO waybill.entity (consumer, ${KEYS}, applied, last_id, holes)
     SELECT $1, ${KEYS}, applied, last_id, holes::int8multirange
       FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::uuid[], $7::text[]) AS k (${KEYS}, applied, last_id, holes)
     ON CONFLICT DO NOTHING`,
    [consumer, ...keyColumns(entities), ...stateColumns(entities)],
  );
  return rowCount ?? 0;
}

function keyColumns(entities: readonly SetBack[]): readonly string[] {
  return [
    textArray(entities.map(({ key }) => key.tenant)),
    textArray(entities.map(({ key }) => key.aggregateType)),
    textArray(entities.map(({ key }) => key.aggregateId)),
  ];
}

function stateColumns(entities: readonly Difference[]): readonly string[] {
  return [
    plainArray(entities.map(({ to }) => to)),
    plainArray(entities.map(({ lastId }) => lastId)),
    textArray(entities.map(({ holes }) => holes)),
  ];
}
