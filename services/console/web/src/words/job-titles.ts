import type { JobView } from '@waybill/service/operations';

/** What a job is, as a heading: `Redrive in notifications.mail`. */
export function jobTitle({ kind, consumer }: Pick<JobView, 'kind' | 'consumer'>): string {
  switch (kind) {
    case 'redrive':
      return `Redrive in ${consumer}`;
    case 'replay':
      return `Replay in ${consumer}`;
    case 'rebuild':
      return `Rebuild of ${consumer}`;
    case 'shadow':
      return `Shadow of ${consumer}`;
  }
}
