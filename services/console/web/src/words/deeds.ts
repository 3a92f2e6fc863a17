import { capital } from './names.ts';

/** What was done or asked for, in words: `parked.skip` → `Skip an event`. What is not known is shown as it is. */
export function deed(action: string): string {
  const verb = action.slice(action.lastIndexOf('.') + 1);
  return words[action] ?? words[verb] ?? capital(verb.replaceAll(/[-_]/g, ' '));
}

const words: Readonly<Record<string, string>> = {
  redrive: 'Redrive an event',
  skip: 'Skip an event',
  edit: 'Edit an event',
  'pass-gap': 'Pass a gap',
  note: 'Write a note',
  assign: 'Assign an event',
  unmask: 'See masked values',
  job: 'Start a job',
  'job.start': 'Start a job',
  'job.steer': 'Steer a job',
  'job.pace': 'Change the pace of a job',
  pause: 'Pause',
  resume: 'Resume',
  'job.pause': 'Pause a job',
  'job.resume': 'Resume a job',
  'job.cancel': 'Cancel a job',
  offsets: 'Reset offsets',
  approve: 'Approve',
  reject: 'Reject',
  decide: 'Decide on an approval',
};
