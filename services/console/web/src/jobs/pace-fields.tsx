import type { JobPace } from '@waybill/service/operations';
import type { ReactElement } from 'react';
import { NumberField } from '../ui/number-field.tsx';
import { paceWords } from './bulk-summary.ts';

interface PaceFieldsProps {
  readonly pace: JobPace;
  readonly onPace: (pace: JobPace) => void;
}

/** How fast a job goes, how carefully it begins, and when it stops by itself. */
export function PaceFields({ pace, onPace }: PaceFieldsProps): ReactElement {
  return (
    <fieldset className="pace">
      <legend>Pace</legend>
      <NumberField
        label="Entries a second"
        value={pace.perSecond}
        min={0.1}
        max={5_000}
        counted="in-parts"
        onChange={(perSecond) => onPace({ ...pace, perSecond })}
      />
      <NumberField
        label="Ramp, in seconds"
        value={pace.rampSeconds}
        min={0}
        max={3_600}
        counted="in-whole"
        onChange={(rampSeconds) => onPace({ ...pace, rampSeconds })}
      />
      <NumberField
        label="Go first, alone"
        value={pace.canary}
        min={0}
        max={1_000}
        counted="in-whole"
        onChange={(canary) => onPace({ ...pace, canary })}
      />
      <NumberField
        label="Stop when more fail, in %"
        value={Math.round(pace.stopAtFailureShare * 100)}
        min={0}
        max={100}
        counted="in-whole"
        onChange={(share) => onPace({ ...pace, stopAtFailureShare: share / 100 })}
      />
      <p className="muted small pace-words">{paceWords(pace)}.</p>
    </fieldset>
  );
}
