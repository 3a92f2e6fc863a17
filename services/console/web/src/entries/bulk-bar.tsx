import type { ReactElement } from 'react';
import { useWhyNot } from '../api/session.tsx';
import { GuardedButton, WhyNot } from '../ui/guarded-button.tsx';
import { counted, grouped } from '../words/counting.ts';

/** `job`: a redrive of all that fits the filter; the others are of the picked entries, one after another. */
export type BulkAction = 'job' | 'redrive' | 'skip' | 'assign' | 'note';

interface BulkBarProps {
  readonly picked: number;
  readonly total: number;
  readonly onAction: (action: BulkAction) => void;
  readonly onClear: () => void;
}

/** What can be done with all entries of a list, or with those that are picked. */
export function BulkBar({ picked, total, onAction, onClear }: BulkBarProps): ReactElement {
  const redrive = useWhyNot('redrive');
  const jobs = useWhyNot('jobs');
  const skip = useWhyNot('skip');
  const assign = useWhyNot('assign');
  const note = useWhyNot('note');
  const refused = useWhyNot('redrive', 'assign', 'note', 'skip');
  if (picked === 0) {
    return (
      <div className="stack">
        <div className="actions">
          <GuardedButton
            look="primary"
            whyNot={total === 0 ? 'Nothing fits this filter.' : jobs}
            onPress={() => onAction('job')}
            shortcut="r"
          >
            Redrive all {grouped(total)}…
          </GuardedButton>
          <span className="muted small">A dry run comes first. Or pick entries by their boxes, or by x.</span>
        </div>
        <WhyNot reasons={[jobs]} />
      </div>
    );
  }
  return (
    <div className="stack">
      <div className="actions">
        <span className="count">{counted(picked, 'entry', 'entries')} picked</span>
        <GuardedButton look="primary" whyNot={redrive} onPress={() => onAction('redrive')} shortcut="r">
          Redrive…
        </GuardedButton>
        <GuardedButton whyNot={assign} onPress={() => onAction('assign')}>
          Assign…
        </GuardedButton>
        <GuardedButton whyNot={note} onPress={() => onAction('note')}>
          Note…
        </GuardedButton>
        <GuardedButton look="danger" whyNot={skip} onPress={() => onAction('skip')}>
          Skip…
        </GuardedButton>
        <GuardedButton whyNot={undefined} onPress={onClear}>
          Pick none
        </GuardedButton>
      </div>
      <WhyNot reasons={[refused]} />
    </div>
  );
}
