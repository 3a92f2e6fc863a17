export type { AcceptedOrder, Evidence } from './evidence.ts';
export type { Finding } from './finding.ts';
export type { Addresses } from './loading/addresses.ts';
export { deliveriesSoFar, loadEvidence, type LoadOptions } from './loading/load-evidence.ts';
export { report, type Expectation, type Report, type Verdict } from './report.ts';
