import { capital } from './names.ts';

/** The actions that the audit trail knows, with what a person calls them. */
export const deeds: Readonly<Record<string, string>> = {
  'parked.redrive': 'Redrive an event',
  'parked.skip': 'Skip an event',
  'parked.edit': 'Edit an event',
  'parked.pass-gap': 'Pass a gap',
  'parked.note': 'Write a note',
  'parked.assign': 'Assign an event',
  'parked.unmask': 'Let masked values be seen',
  'parked.see': 'See masked values',
  'job.start': 'Start a job',
  'job.pace': 'Change the pace of a job',
  'job.pause': 'Pause a job',
  'job.resume': 'Resume a job',
  'job.cancel': 'Cancel a job',
  'job.stopped': 'Job stopped by itself',
  'job.done': 'Job done',
  'job.swap': 'Ask for the swap of a rebuild',
  'job.swapped': 'Rebuild swapped in',
  'job.swap-refused': 'Rebuild not swapped in',
  'job.discard': 'Discard the old tables of a rebuild',
  'pause.begin': 'Pause',
  'pause.end': 'Resume',
  'consumer.offsets': 'Reset offsets',
  'approval.ask': 'Ask for approval',
  'approval.reject': 'Reject a request',
};

/** What can wait for a second person, by the names of the operations. */
const asked: Readonly<Record<string, string>> = {
  edit: 'Edit an event',
  skip: 'Skip an event',
  unmask: 'See masked values',
  jobs: 'Start a job',
  swap: 'Swap in a rebuild',
};

/** What was done or asked for, in words; what is not known is shown as it is. */
export function deed(action: string): string {
  return deeds[action] ?? asked[action] ?? capital(action.replaceAll(/[-_.]/g, ' '));
}
