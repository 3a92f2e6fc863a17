/** What a person may be; several add up. */
export const roles = ['viewer', 'operator', 'approver', 'auditor'] as const;
export type Role = (typeof roles)[number];

/** What can be done through a service's operations API. */
export type Operation =
  'read' | 'redrive' | 'skip' | 'edit' | 'note' | 'assign' | 'unmask' | 'jobs' | 'pause' | 'approve' | 'audit';

/** Who may do what. Everybody who has a role may read, personal values masked. */
const allowed: Readonly<Record<Role, readonly Operation[]>> = {
  viewer: ['read'],
  operator: ['read', 'redrive', 'skip', 'edit', 'note', 'assign', 'unmask', 'jobs', 'pause'],
  approver: ['read', 'approve'],
  auditor: ['read', 'audit'],
};

/** Whether somebody who has these roles may do this. */
export function isAllowed(held: readonly Role[], operation: Operation): boolean {
  return held.some((role) => allowed[role].includes(operation));
}

/** The roles that may do this, for the message that refuses it. */
export function rolesFor(operation: Operation): readonly Role[] {
  return roles.filter((role) => allowed[role].includes(operation));
}

/** How much hangs on a consumer: it decides who must agree, and who slows down first. */
export type Criticality = 'critical' | 'normal' | 'deferrable';

/** Entries that one person may have tried again without another's consent. */
export const aloneUpTo = 100;

/** What is to be done, as far as it decides whether a second person must agree. */
export type Intended =
  | { readonly operation: 'edit' | 'unmask' | 'redrive' | 'note' | 'assign' | 'pause' }
  | { readonly operation: 'skip'; readonly criticality: Criticality }
  | { readonly operation: 'jobs'; readonly entries: number }
  /** A rebuild is put in the place of what is there, and so many rows are not in it. */
  | { readonly operation: 'swap'; readonly criticality: Criticality; readonly vanishing: number };

/** Whether a second person must agree first: what changes data, shows it, touches much, or gives up what is critical. */
export function needsSecondPerson(intended: Intended): boolean {
  switch (intended.operation) {
    case 'edit':
    case 'unmask':
      return true;
    case 'skip':
      return intended.criticality === 'critical';
    case 'swap':
      return intended.criticality === 'critical' || intended.vanishing > 0;
    case 'jobs':
      return intended.entries > aloneUpTo;
    case 'redrive':
    case 'note':
    case 'assign':
    case 'pause':
      return false;
  }
}
