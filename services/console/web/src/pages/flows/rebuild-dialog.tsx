import type { ConsumerView, JobPace, StartJob } from '@waybill/service/operations';
import type { ReactElement } from 'react';
import { StartJobDialog } from '../../jobs/start-job-dialog.tsx';

interface RebuildDialogProps {
  readonly service: string;
  readonly consumer: ConsumerView;
  readonly onClose: () => void;
}

/** Nobody sees what it makes, and live events go first: it may be fast. */
const fast: JobPace = { perSecond: 2_000, rampSeconds: 0, canary: 0, stopAtFailureShare: 0.2 };

/** Says what a rebuild would read, and begins it. */
export function RebuildDialog({ service, consumer, onClose }: RebuildDialogProps): ReactElement {
  const jobOf = (pace: JobPace, reason: string): StartJob => ({
    ...{ kind: 'rebuild', consumer: consumer.name, pace, reason },
  });
  return (
    <StartJobDialog
      service={service}
      title={`Rebuild ${consumer.name}`}
      jobOf={jobOf}
      firstPace={fast}
      onClose={onClose}
    />
  );
}
