import { listed } from './counting.ts';
import { capital } from './names.ts';

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
 * Why somebody with these roles may not do some of these, in one sentence for each kind of role that can, or undefined
 * when he may do all: `Operators can redrive and skip events; you are a viewer.` Only for what is shown: the service
 * decides.
 */
export function whyNot(roles: readonly string[], ...operations: readonly Operation[]): string | undefined {
  const refused = operations.filter((operation) => !roles.some((role) => allowed[role]?.has(operation)));
  if (refused.length === 0) return undefined;
  const yours = roles.length === 0 ? 'you have no role' : `you are ${listed(roles.map(withArticle))}`;
  const byRoles = Map.groupBy(refused, (operation) => listed(whoCan(operation)));
  return [...byRoles]
    .map(([who, all]) => `${capital(who)} can ${listed(all.map((operation) => deeds[operation]))}; ${yours}.`)
    .join(' ');
}

function whoCan(operation: Operation): readonly string[] {
  return Object.keys(allowed)
    .filter((role) => allowed[role]?.has(operation))
    .map((role) => `${role}s`);
}

function withArticle(role: string): string {
  return `${/^[aeiou]/.test(role) ? 'an' : 'a'} ${role}`;
}
