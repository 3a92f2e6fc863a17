import { type FaultForm, faultForms } from './faults/schedule.ts';
import { patches } from './patches/patches.ts';

/** A setting that makes no sense; the message names it and says what would. */
export class ProveSettingError extends Error {
  readonly code = 'prove.setting';
}

/** Minutes for which load and faults last. @throws {ProveSettingError} unless it is a number from 0.5 to 240. */
export function minutesOf(text: string): number {
  const minutes = Number(text);
  if (text.trim() !== '' && minutes >= 0.5 && minutes <= 240) return minutes;
  throw new ProveSettingError('--minutes must be a number from 0.5 to 240.');
}

/** What everything of a run follows from. @throws {ProveSettingError} unless it is fit as the name of a directory. */
export function seedOf(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9-]{0,39}$/.test(text)) return text;
  throw new ProveSettingError('--seed must be 1 to 40 letters, digits and hyphens, and begin with no hyphen.');
}

/** The forms in a comma list. @throws {ProveSettingError} that lists what there is. */
export function faultFormsOf(text: string): readonly FaultForm[] {
  const asked = text
    .split(',')
    .map((form) => form.trim())
    .filter((form) => form !== '');
  const unknown = asked.filter((form) => !faultForms.some((known) => known === form));
  if (unknown.length === 0 && asked.length > 0) return faultForms.filter((form) => asked.includes(form));
  throw new ProveSettingError(
    `--faults ${unknown.length === 0 ? 'is empty' : `does not know ${unknown.join(', ')}`}. Give a comma list of ${faultForms.join(', ')}.`,
  );
}

/** The name of a patch. @throws {ProveSettingError} that lists what there is. */
export function patchOf(text: string): string {
  if (Object.hasOwn(patches, text)) return text;
  throw new ProveSettingError(`--patch does not know ${text}. Give one of ${Object.keys(patches).join(', ')}.`);
}
