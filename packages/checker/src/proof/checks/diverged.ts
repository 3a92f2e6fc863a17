import { groupBy } from '../../lookup.ts';
import { entityKey, type Facts } from '../facts.ts';
import type { ProofFinding } from '../finding.ts';
import { differences, foldAccount } from '../fold.ts';

/** I5: each copy of an account is what its events up to the version applied add up to, field by field. */
export function projectionDiverged({ evidence, events, followers }: Facts): readonly ProofFinding[] {
  const copies = new Map((evidence.databases.get('office')?.accounts ?? []).map((row) => [entityKey(row), row]));
  const byAccount = groupBy(events, entityKey);
  const totals = followers.filter(({ kind }) => kind === 'projection');
  return totals.flatMap(({ consumer, entities, types }) => [
    ...[...entities.values()].flatMap((entity): readonly ProofFinding[] => {
      const key = entityKey(entity);
      const history = (byAccount.get(key) ?? []).filter(
        ({ version, type }) => version <= entity.applied && types.includes(type),
      );
      const copy = copies.get(key);
      // An account of which only notes came has no copy, or the empty one that a snapshot brought.
      if (copy === undefined && history.length === 0) return [];
      if (copy === undefined) return [finding('diverged.no-row', `${consumer} has no copy of ${key}.`, key)];
      const fields = differences(copy, foldAccount(history));
      if (fields.length === 0) return [];
      const message = `${consumer} differs from the events of ${key} up to version ${entity.applied} in ${fields.join(', ')}.`;
      return [finding('diverged.fields', message, key)];
    }),
    ...[...copies.keys()]
      .filter((key) => (entities.get(key)?.applied ?? 0) === 0)
      .map((key) =>
        finding('diverged.row-from-nothing', `${consumer} has a copy of ${key}, and applied nothing.`, key),
      ),
  ]);
}

function finding(code: string, message: string, id: string): ProofFinding {
  return { promise: 'I5', code, message, ids: [id] };
}
