import type { CommandResult, ParkedSummary } from '@waybill/service/operations';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { asProblem } from '../api/problem.ts';
import { Icon } from '../ui/icon.tsx';
import { grouped } from '../words/counting.ts';
import { entityName } from '../words/names.ts';

/** How a command on one entry ended. */
export interface Outcome {
  readonly entry: ParkedSummary;
  readonly result?: CommandResult;
  readonly error?: unknown;
}

interface PickedOutcomesProps {
  readonly service: string;
  readonly outcomes: readonly Outcome[];
  readonly total: number;
}

/** How each of several commands ended: what went well in one line, what did not each by itself. */
export function PickedOutcomes({ service, outcomes, total }: PickedOutcomesProps): ReactElement {
  const failed = outcomes.filter(({ error }) => error !== undefined);
  const waiting = outcomes.filter(({ result }) => result?.result === 'waits-for-approval');
  return (
    <div className="stack" aria-live="polite">
      <p>
        {grouped(outcomes.length)} of {grouped(total)} asked for:{' '}
        {grouped(outcomes.length - failed.length - waiting.length)} done
        {waiting.length > 0 && (
          <>
            , {grouped(waiting.length)} <Link to="/approvals">wait for a second person</Link>
          </>
        )}
        {failed.length > 0 && `, ${grouped(failed.length)} refused`}.
      </p>
      {failed.length > 0 && (
        <ul className="plain-list">
          {failed.map(({ entry, error }) => (
            <li key={entry.id} className="notice notice-dead">
              <Icon name="alert" />
              <span>
                {entityName(entry)}: {asProblem(error).message}{' '}
                <Link to="/parked/$service/$id" params={{ service, id: entry.id }}>
                  Look at it
                </Link>
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
