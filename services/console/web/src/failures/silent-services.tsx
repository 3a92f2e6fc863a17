import type { ReactElement } from 'react';
import type { KnownPause, SilentService } from '../api/known-bodies.ts';
import { Icon } from '../ui/icon.tsx';
import { absoluteTime } from '../words/durations.ts';

interface SilentServicesProps {
  readonly silent: readonly SilentService[];
  readonly pauses?: readonly KnownPause[];
}

/** Says which services do not answer, as of when is shown what is known of them, and that nothing can be done there yet. */
export function SilentServices({ silent, pauses = [] }: SilentServicesProps): ReactElement | undefined {
  if (silent.length === 0) return undefined;
  return (
    <div className="notice notice-dead" role="status">
      <Icon name="alert" />
      <div>
        {silent.map((one) => (
          <p key={one.service}>
            {silenceWords(one)}
            {pauses
              .filter(({ service }) => service === one.service)
              .map((pause) => ` ${pauseWords(pause)}`)
              .join('')}
          </p>
        ))}
      </div>
    </div>
  );
}

/** What stands beside what is known of a service that does not answer. */
export function silenceWords({ service, asOf }: SilentService): string {
  const known =
    asOf === undefined
      ? 'it has not answered yet, so what is shown of it is what it published'
      : `what is shown of it is as of ${absoluteTime(asOf)} and what it published since`;
  return `${service} does not answer; ${known}. Actions wait until it does.`;
}

function pauseWords({ consumer, dependency, reason, until }: KnownPause): string {
  const what = dependency === undefined ? `${consumer} was paused` : `${consumer} was paused for ${dependency}`;
  return `${what}${until === undefined ? '' : ` until ${absoluteTime(until)}`}: ${reason}.`;
}
