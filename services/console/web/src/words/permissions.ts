import { listed } from './counting.ts';

/** What the operations API tells apart when it asks whether somebody may. */
export type Operation =
  'read' | 'redrive' | 'skip' | 'edit' | 'note' | 'assign' | 'unmask' | 'jobs' | 'pause' | 'approve' | 'audit';

const operator: ReadonlySet<Operation> = new Set([
  'read',
  'redrive',
  'skip',
  'edit',
  'note',
  'assign',
  'unmask',
  'jobs',
  'pause',
]);
const allowed: Readonly<Record<string, ReadonlySet<Operation>>> = {
  viewer: new Set(['read']),
  operator,
  approver: new Set(['read', 'approve']),
  auditor: new Set(['read', 'audit']),
};

const deeds: Readonly<Record<Operation, string>> = {
  read: 'read this',
  redrive: 'redrive',
  skip: 'skip events',
  edit: 'edit events',
  note: 'write notes',
  assign: 'assign',
  unmask: 'ask to see masked values',
  jobs: 'start and steer jobs',
  pause: 'pause and resume',
  approve: 'approve',
  audit: 'read the audit trail',
};

/**
 * Why somebody with these roles may not do it, or undefined when he may: `Operators can redrive; you are a viewer.`
 * Only for what is shown: the service decides.
 */
export function whyNot(roles: readonly string[], operation: Operation): string | undefined {
  if (roles.some((role) => allowed[role]?.has(operation))) return undefined;
  const who = Object.keys(allowed).filter((role) => allowed[role]?.has(operation));
  const yours = roles.length === 0 ? 'you have no role' : `you are ${listed(roles.map(withArticle))}`;
  return `${listed(who.map((role) => `${role}s`)).replace(/^./, (letter) => letter.toUpperCase())} can ${deeds[operation]}; ${yours}.`;
}

function withArticle(role: string): string {
  return `${/^[aeiou]/.test(role) ? 'an' : 'a'} ${role}`;
}
