/** What an audit entry is about, as far as there is a page for it. */
export interface TargetLink {
  readonly kind: 'parked' | 'job' | 'consumer' | 'other';
  readonly id: string;
}

const kinds = ['parked', 'job', 'consumer'] as const;

/** Reads the target of an audit entry: `parked/17`, `job/<uuid>`, `consumer/payments`. */
export function targetLink(target: string): TargetLink {
  const kind = kinds.find((name) => target.startsWith(`${name}/`));
  const id = kind === undefined ? '' : target.slice(kind.length + 1);
  return kind === undefined || id === '' ? { kind: 'other', id: target } : { kind, id };
}

/** The target that somebody means who types an id alone: a number is a parked entry's, a UUID a job's. */
export function targetMeant(text: string): string {
  const id = text.trim();
  if (/^\d{1,19}$/.test(id)) return `parked/${id}`;
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id) ? `job/${id}` : id;
}
