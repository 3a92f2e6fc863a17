/** What an audit entry is about, as far as there is a page for it. */
export interface TargetLink {
  readonly kind: 'parked' | 'job' | 'consumer' | 'other';
  readonly id: string;
}

/** Reads the target of an audit entry: `parked/17`, `job/<uuid>`, `consumer/payments`. What it does not know is shown as it is. */
export function targetLink(target: string): TargetLink {
  const [, kind, id] = /^(parked|jobs?|consumers?)[/: ](.+)$/.exec(target) ?? [];
  if (kind === undefined || id === undefined) return { kind: 'other', id: target };
  if (kind === 'parked') return /^\d{1,19}$/.test(id) ? { kind: 'parked', id } : { kind: 'other', id: target };
  return { kind: kind.startsWith('job') ? 'job' : 'consumer', id };
}
