export { faultForms } from './faults/schedule.ts';
export { prove, type ProveResult } from './prove.ts';
export { faultFormsOf, minutesOf, seedOf } from './settings.ts';
export { jsonSummary, summaryLines } from './summary.ts';
