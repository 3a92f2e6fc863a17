import { type AnyContract, valuesAt } from '@waybill/contracts';

/**
 * The personal values of an event's data, as text, so that a message that quotes one can be masked.
 * Values shorter than three characters are left out: masking them would blot out unrelated text.
 */
export function personalValues(contract: Pick<AnyContract, 'personal'>, data: unknown): readonly string[] {
  return contract.personal
    .flatMap((path) => [...valuesAt(data, path.split('.'))])
    .map(String)
    .filter((text) => text.length >= 3);
}
