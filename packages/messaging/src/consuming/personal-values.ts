import type { AnyContract } from '@waybill/contracts';

/**
 * The personal values of an event's data, as text, so that a message that quotes one can be masked.
 * Values shorter than three characters are left out: masking them would blot out unrelated text.
 */
export function personalValues(contract: Pick<AnyContract, 'personal'>, data: unknown): readonly string[] {
  return contract.personal
    .flatMap((path) => valuesAt(data, path.split('.')))
    .map(String)
    .filter((text) => text.length >= 3);
}

function valuesAt(value: unknown, path: readonly string[]): readonly unknown[] {
  const [step, ...rest] = path;
  if (value === null || value === undefined) return [];
  if (step === undefined) return [value];
  if (typeof value !== 'object') return [];
  const isList = step.endsWith('[]');
  const child: unknown = Reflect.get(value, isList ? step.slice(0, -2) : step);
  if (!isList) return valuesAt(child, rest);
  return Array.isArray(child) ? child.flatMap((item) => valuesAt(item, rest)) : [];
}
