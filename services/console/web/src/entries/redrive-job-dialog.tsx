import type { JobPace, ParkedSelection, StartJob } from '@waybill/service/operations';
import type { ReactElement } from 'react';
import { StartJobDialog } from '../jobs/start-job-dialog.tsx';
import { filterWords } from '../lists/filters.ts';

interface RedriveJobDialogProps {
  readonly service: string;
  readonly selection: ParkedSelection & { readonly consumer: string };
  readonly onClose: () => void;
}

/** Starts a redrive of all entries that fit a filter. */
export function RedriveJobDialog({ service, selection, onClose }: RedriveJobDialogProps): ReactElement {
  const { consumer, fingerprint, ...filter } = selection;
  const words = filterWords(filter);
  const what = `all parked entries of ${consumer}${fingerprint === undefined ? '' : ' with this failure'}${words === '' ? '' : `, ${words}`}`;
  const jobOf = (pace: JobPace, reason: string): StartJob => ({ kind: 'redrive', selection, pace, reason });
  return <StartJobDialog service={service} title={`Redrive ${what}`} jobOf={jobOf} onClose={onClose} />;
}
