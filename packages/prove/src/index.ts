export { faultForms } from './faults/schedule.ts';
export { forgetData, prove, type ProveResult } from './prove.ts';
export { faultFormsOf, minutesOf, patchOf, seedOf } from './settings.ts';
export { jsonSummary, summaryLines } from './summary.ts';
