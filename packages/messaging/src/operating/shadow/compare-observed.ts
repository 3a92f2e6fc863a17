import { isDeepStrictEqual } from 'node:util';
import type { Observed, ObservedEnding, ObservedEvent, ObservedStatement, RowCounts } from './observed.ts';

/**
 * In what two handlers can differ.
 * - `needs`: the entities that they wait for. `call`: whether they call the outside.
 * - `ending`: one returned and the other threw, or they threw something else.
 * - `published`: the events. `rows`: how many rows of which tables they wrote.
 * - `parameters`: they made the same statements with other values.
 */
export type DifferenceKind = 'needs' | 'call' | 'ending' | 'published' | 'rows' | 'parameters';

/** One difference: its kind, and names that say where it lies; never a value, which may be personal. */
export interface Difference {
  readonly kind: DifferenceKind;
  readonly where: readonly string[];
}

/**
 * How a candidate's work compares with the living handler's.
 * - `equal`: the same outcome and the same events, and `by` says how the writes were compared: statement by statement with
 *   their values, or by counting rows, since the statements themselves are other ones.
 * - `failed-both`: both threw the same error. `not-run`: both would have called the outside.
 */
export type Comparison =
  | { readonly verdict: 'equal'; readonly by: 'statements' | 'rows' }
  | { readonly verdict: 'failed-both' }
  | { readonly verdict: 'not-run' }
  | { readonly verdict: 'differs'; readonly differences: readonly Difference[] };

/** Places that one difference names, at most. */
const namedPlaces = 10;

/** Compares what two handlers did with the same event in the same state. Pure. */
export function compareObserved(living: Observed, candidate: Observed): Comparison {
  const before = [...differentNeeds(living, candidate), ...differentWork(living, candidate)];
  // Whoever calls the outside was not run, so there is nothing more to compare.
  if (living.work === 'outside' || candidate.work === 'outside') {
    return before.length === 0 ? { verdict: 'not-run' } : differing(before);
  }
  const endings = differentEndings(living.ending, candidate.ending);
  // One that threw was undone wherever it stood, so that what it did until then means nothing.
  if (living.ending.ended === 'threw' || candidate.ending.ended === 'threw') {
    const differences = [...before, ...endings];
    return differences.length === 0 ? { verdict: 'failed-both' } : differing(differences);
  }
  const sameStatements = haveSameTexts(living.statements, candidate.statements);
  const differences = [
    ...before,
    ...differentEvents(living.published, candidate.published),
    ...differentRows(living.rows, candidate.rows),
    ...(sameStatements ? differentParameters(living.statements, candidate.statements) : []),
  ];
  if (differences.length > 0) return differing(differences);
  return { verdict: 'equal', by: sameStatements ? 'statements' : 'rows' };
}

function differing(differences: readonly Difference[]): Comparison {
  return { verdict: 'differs', differences };
}

function difference(kind: DifferenceKind, where: readonly string[]): readonly Difference[] {
  return where.length === 0 ? [] : [{ kind, where: [...new Set(where)].slice(0, namedPlaces) }];
}

function differentNeeds({ needs }: Observed, { needs: others }: Observed): readonly Difference[] {
  if (isDeepStrictEqual(needs, others)) return [];
  const names = [...needs, ...others].map(({ projection, aggregateType }) => `${projection}: ${aggregateType}`);
  return difference('needs', names);
}

function differentWork({ work }: Observed, { work: other }: Observed): readonly Difference[] {
  return difference('call', work === other ? [] : [`${calls[work]} → ${calls[other]}`]);
}

const calls = { inside: 'no call', outside: 'calls the outside' } as const;

function differentEndings(living: ObservedEnding, candidate: ObservedEnding): readonly Difference[] {
  return difference('ending', isDeepStrictEqual(living, candidate) ? [] : [`${ending(living)} → ${ending(candidate)}`]);
}

function ending(ended: ObservedEnding): string {
  return ended.ended === 'returned' ? 'returned' : `${ended.type} ${ended.code}`;
}

function differentEvents(living: readonly ObservedEvent[], candidate: readonly ObservedEvent[]): readonly Difference[] {
  const contracts = (events: readonly ObservedEvent[]) =>
    events.map(({ contract, renditions }) => [contract, ...renditions.map((each) => each.contract)].join(' and '));
  const [before, after] = [contracts(living), contracts(candidate)];
  if (!isDeepStrictEqual(before, after)) {
    return difference('published', [`${before.join(', ') || 'nothing'} → ${after.join(', ') || 'nothing'}`]);
  }
  return difference(
    'published',
    living.flatMap((event, index) => {
      const other = candidate[index];
      return other === undefined ? [] : differentFields(event, other);
    }),
  );
}

function differentFields(event: ObservedEvent, other: ObservedEvent): readonly string[] {
  const { contract, data, renditions } = event;
  return [
    ...(event.aggregateId === other.aggregateId ? [] : [`${contract}: aggregateId`]),
    ...(event.tenant === other.tenant ? [] : [`${contract}: tenant`]),
    ...topFields(data, other.data).map((field) => `${contract}: ${field}`),
    ...renditions.flatMap((each, index) =>
      topFields(each.data, other.renditions[index]?.data).map((field) => `${each.contract}: ${field}`),
    ),
  ];
}

/** Only the fields that the schema names: deeper down a key may be one of a map, and so a value. */
function topFields(data: unknown, other: unknown): readonly string[] {
  if (isDeepStrictEqual(data, other)) return [];
  if (!isRecord(data) || !isRecord(other)) return ['data'];
  const names = [...new Set([...Object.keys(data), ...Object.keys(other)])];
  return names.filter((name) => !isDeepStrictEqual(data[name], other[name]));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function differentRows(
  living: ReadonlyMap<string, RowCounts>,
  candidate: ReadonlyMap<string, RowCounts>,
): readonly Difference[] {
  const tables = [...new Set([...living.keys(), ...candidate.keys()])].toSorted();
  return difference(
    'rows',
    tables
      .filter((table) => !isDeepStrictEqual(living.get(table) ?? untouched, candidate.get(table) ?? untouched))
      .map((table) => `${table}: ${counts(living.get(table))} → ${counts(candidate.get(table))}`),
  );
}

const untouched: RowCounts = { inserted: 0, updated: 0, deleted: 0 };

function counts({ inserted, updated, deleted }: RowCounts = untouched): string {
  const parts = [
    inserted === 0 ? '' : `${inserted} inserted`,
    updated === 0 ? '' : `${updated} updated`,
    deleted === 0 ? '' : `${deleted} deleted`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'none' : parts.join(' ');
}

function haveSameTexts(living: readonly ObservedStatement[], candidate: readonly ObservedStatement[]): boolean {
  return isDeepStrictEqual(
    living.map(({ text }) => text),
    candidate.map(({ text }) => text),
  );
}

function differentParameters(
  living: readonly ObservedStatement[],
  candidate: readonly ObservedStatement[],
): readonly Difference[] {
  return difference(
    'parameters',
    living.flatMap(({ text, params }, index) => {
      // Waybill's own statements carry ids that are made anew for each of them.
      if (/\bwaybill\./i.test(text)) return [];
      const others = candidate[index]?.params ?? [];
      return Array.from({ length: Math.max(params.length, others.length) }, (_, at) => at)
        .filter((at) => !isDeepStrictEqual(params[at], others[at]))
        .map((at) => `${statementName(text)}: $${at + 1}`);
    }),
  );
}

/** `INSERT mail`: the rest of a statement's text may hold values. */
function statementName(text: string): string {
  const verb = /^[\s(]*([a-z]+)/i.exec(text)?.[1]?.toUpperCase() ?? 'statement';
  const table = /\b(?:into|update|from)\s+(?:only\s+)?("?[a-z_][\w."]*)/i.exec(text)?.[1];
  return table === undefined ? verb : `${verb} ${table}`;
}
