import type { PauseView } from '@waybill/service/operations';
import { useState, type ReactElement } from 'react';
import { useWhyNot } from '../../api/session.tsx';
import { GuardedButton } from '../../ui/guarded-button.tsx';
import { Ago } from '../../ui/times.tsx';
import { PauseDialog, ResumeDialog } from './pause-dialogs.tsx';

interface DependencyActionsProps {
  readonly service: string;
  /** What the handlers of the consumer call. */
  readonly dependencies: readonly string[];
  /** All pauses of the service. */
  readonly pauses: readonly PauseView[];
}

/** Pauses and resumes all consumers of a service that call the same dependency. */
export function DependencyActions({ service, dependencies, pauses }: DependencyActionsProps): ReactElement | undefined {
  const [dialog, setDialog] = useState<string | PauseView>();
  const whyNot = useWhyNot('pause');
  const close = () => setDialog(undefined);
  if (dependencies.length === 0) return undefined;
  return (
    <>
      {dependencies.map((dependency) => {
        const pause = pauses.find(({ scope, name }) => scope === 'dependency' && name === dependency);
        return (
          <div className="actions" key={dependency}>
            <span>
              It calls <strong>{dependency}</strong>
              {pause !== undefined && (
                <>
                  ; all that does is paused by {pause.actor}: {pause.reason}, ends <Ago at={pause.until} />
                </>
              )}
            </span>
            {pause === undefined ? (
              <GuardedButton whyNot={whyNot} onPress={() => setDialog(dependency)}>
                Pause all that calls it…
              </GuardedButton>
            ) : (
              <GuardedButton whyNot={whyNot} onPress={() => setDialog(pause)}>
                Resume all that calls it…
              </GuardedButton>
            )}
          </div>
        );
      })}
      {typeof dialog === 'string' && (
        <PauseDialog
          service={service}
          scope="dependency"
          name={dialog}
          what={`all that calls ${dialog}`}
          onClose={close}
        >
          Every consumer of {service} whose handlers call {dialog} takes no event until it is resumed. What is under way
          is finished first, and {dialog} is then left alone by this service.
        </PauseDialog>
      )}
      {typeof dialog === 'object' && <ResumeDialog service={service} pause={dialog} onClose={close} />}
    </>
  );
}
