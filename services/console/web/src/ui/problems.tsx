import { Button } from '@mantine/core';
import type { ReactElement } from 'react';
import { asProblem, nextStep } from '../api/problem.ts';
import { listed } from '../words/counting.ts';
import { CopyButton } from './ids.tsx';
import { Icon } from './icon.tsx';

interface ProblemPanelProps {
  /** What failed: `The failures could not be loaded.` */
  readonly what: string;
  readonly error: unknown;
  /** What still works. */
  readonly still?: string;
  readonly onRetry?: () => void;
}

/** An error: what failed, what still works, the next step, and the id under which it is found. */
export function ProblemPanel({ what, error, still, onRetry }: ProblemPanelProps): ReactElement {
  const failure = asProblem(error);
  const { detail, title, correlationId, errors = [] } = failure.problem;
  return (
    <div className="problem" role="alert">
      <span className="problem-icon">
        <Icon name="alert" />
      </span>
      <div>
        <p className="problem-title">{what}</p>
        <p>{detail ?? title}</p>
        {errors.length > 0 && (
          <ul>
            {errors.map(({ path, message }) => (
              <li key={`${path}${message}`}>
                <code>{path}</code> {message}
              </li>
            ))}
          </ul>
        )}
        <p>
          {still} {nextStep(failure)}
        </p>
        {correlationId !== undefined && (
          <p className="muted">
            Correlation id <code>{correlationId}</code> <CopyButton text={correlationId} what="correlation id" />
          </p>
        )}
        {onRetry !== undefined && (
          <Button variant="default" size="xs" onClick={onRetry}>
            Try again
          </Button>
        )}
      </div>
    </div>
  );
}

interface UnreachableProps {
  readonly services: readonly string[];
  /** What of them is missing: `failures`. */
  readonly what: string;
}

/** Says which services did not answer, and so what is missing. */
export function Unreachable({ services, what }: UnreachableProps): ReactElement | undefined {
  if (services.length === 0) return undefined;
  const isOne = services.length === 1;
  return (
    <p className="notice notice-dead" role="status">
      <Icon name="alert" />
      <span>
        {listed(services)} {isOne ? 'does' : 'do'} not answer, so {isOne ? 'its' : 'their'} {what} are missing here.{' '}
        {isOne ? 'It is' : 'They are'} asked again every few seconds.
      </span>
    </p>
  );
}
