import type { Role } from '@waybill/messaging';

/** Somebody who can be chosen at the development login. */
export interface DevelopmentPerson {
  readonly email: string;
  readonly name: string;
  readonly roles: readonly Role[];
}

/** One for each thing that a person can be, and two who can agree to each other's commands. */
export const people: readonly DevelopmentPerson[] = [
  { email: 'vera@example.com', name: 'Vera', roles: ['viewer'] },
  { email: 'oskar@example.com', name: 'Oskar', roles: ['operator'] },
  { email: 'ada@example.com', name: 'Ada', roles: ['operator', 'approver'] },
  { email: 'aki@example.com', name: 'Aki', roles: ['auditor'] },
];
