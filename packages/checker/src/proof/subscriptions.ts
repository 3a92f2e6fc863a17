/**
 * The consumers of the workload, said once more by hand and apart from its code: a check that asked the workload what
 * it should have done could not fail.
 */
export interface ProofSubscription {
  readonly consumer: string;
  readonly database: 'office' | 'archive';
  readonly kind: 'projection' | 'reaction';
  readonly order: 'by-entity' | 'none';
  /** Topics of events that it reads. */
  readonly topics: readonly string[];
  /** Types that it handles; it passes over the others of its topics. */
  readonly types: readonly string[];
}

const accounts = ['east.account', 'west.account'];
const amounts = ['east.v1.AmountAdded', 'west.v1.AmountAdded'];
const limits = ['east.v1.LimitChanged', 'west.v1.LimitChanged'];

export const proofSubscriptions: readonly ProofSubscription[] = [
  {
    consumer: 'office.totals',
    database: 'office',
    kind: 'projection',
    order: 'by-entity',
    topics: accounts,
    types: [...amounts, ...limits],
  },
  {
    consumer: 'office.postings',
    database: 'office',
    kind: 'reaction',
    order: 'by-entity',
    topics: accounts,
    types: amounts,
  },
  {
    consumer: 'office.receipts',
    database: 'office',
    kind: 'reaction',
    order: 'none',
    topics: accounts,
    types: [...amounts, ...limits],
  },
  {
    consumer: 'office.notices',
    database: 'office',
    kind: 'reaction',
    order: 'by-entity',
    topics: accounts,
    types: limits,
  },
  {
    consumer: 'office.letters',
    database: 'office',
    kind: 'reaction',
    order: 'none',
    topics: accounts,
    types: limits,
  },
  {
    consumer: 'archive.postings',
    database: 'archive',
    kind: 'reaction',
    order: 'by-entity',
    topics: ['office.posting'],
    types: ['office.v1.AmountPosted'],
  },
];

/** Topics of events of the workload. */
export const proofTopics = [...accounts, 'office.posting'] as const;

/** Keys of records that a stranger wrote begin with it. */
export const strangerKey = 'stranger-';
