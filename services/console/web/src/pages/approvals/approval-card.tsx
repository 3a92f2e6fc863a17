import { Button, Textarea } from '@mantine/core';
import { useState, type ReactElement } from 'react';
import type { ApprovalOfService } from '../../api/bodies.ts';
import { useCommand } from '../../api/command.ts';
import { useSession, useWhyNot } from '../../api/session.tsx';
import { GuardedButton, WhyNot } from '../../ui/guarded-button.tsx';
import { ProblemPanel } from '../../ui/problems.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { Ago } from '../../ui/times.tsx';
import { tellResult } from '../../ui/toast.tsx';
import { deed } from '../../words/deeds.ts';
import { RequestView } from './request-view.tsx';

interface ApprovalCardProps {
  readonly approval: ApprovalOfService;
  /** Whether it waits no more since the page was opened. */
  readonly gone: boolean;
}

/** One thing that somebody asked for: what, why, what it changes, and the decision. */
export function ApprovalCard({ approval, gone }: ApprovalCardProps): ReactElement {
  const headingId = `approval-${approval.id}`;
  const isWaiting = approval.state === 'waiting' && !gone;
  return (
    <section className={gone ? 'panel approval approval-gone' : 'panel approval'} aria-labelledby={headingId} data-row>
      <div className="panel-head">
        <h2 id={headingId}>
          {deed(approval.operation)} in {approval.service}
        </h2>
        <StateBadge state={isWaiting ? 'waiting' : 'done'} />
      </div>
      <div className="stack">
        <p>
          <strong>{approval.actor}</strong> asked <Ago at={approval.askedAt} />; it lapses <Ago at={approval.until} />.
        </p>
        <p className="approval-reason">{approval.reason}</p>
        <RequestView approval={approval} />
        {isWaiting ? <Decision approval={approval} /> : <Decided approval={approval} gone={gone} />}
      </div>
    </section>
  );
}

function Decided({ approval, gone }: ApprovalCardProps): ReactElement {
  if (approval.decidedBy === undefined) {
    return (
      <p className="muted">{gone ? 'Decided or lapsed since you opened the page.' : `It is ${approval.state}.`}</p>
    );
  }
  return (
    <p className="muted">
      {approval.state} by {approval.decidedBy} {approval.decidedAt !== undefined && <Ago at={approval.decidedAt} />}
      {approval.note === undefined ? '' : `: ${approval.note}`}
    </p>
  );
}

function Decision({ approval }: { readonly approval: ApprovalOfService }): ReactElement {
  const { user } = useSession();
  const role = useWhyNot('approve');
  const [note, setNote] = useState('');
  const [asked, setAsked] = useState<'approve' | 'reject'>();
  const command = useCommand();
  const own =
    approval.actor === user.id ? 'You asked for this yourself; an approver who is not you must decide.' : undefined;
  const whyNot = own ?? role;
  const decide = (decision: 'approve' | 'reject') =>
    command.mutate(
      {
        service: approval.service,
        path: `approvals/${approval.id}/decide`,
        body: { decision, ...(note.trim() === '' ? {} : { note: note.trim() }) },
      },
      {
        onSuccess: (result) =>
          tellResult(
            decision === 'approve' ? 'Approved and done' : 'Rejected',
            approval.service,
            approval.target,
            result,
          ),
      },
    );
  if (asked === undefined) {
    return (
      <div className="stack">
        <div className="actions">
          <GuardedButton look="primary" whyNot={whyNot} onPress={() => setAsked('approve')}>
            Approve…
          </GuardedButton>
          <GuardedButton look="danger" whyNot={whyNot} onPress={() => setAsked('reject')}>
            Reject…
          </GuardedButton>
        </div>
        <WhyNot reasons={[whyNot]} />
      </div>
    );
  }
  return (
    <form
      className="dialog-form touches"
      onSubmit={(event) => {
        event.preventDefault();
        decide(asked);
      }}
    >
      <p>
        <strong>
          {asked === 'approve'
            ? `When you approve, it is done at once, in the name of ${approval.actor} and yours.`
            : 'When you reject it, nothing is done, and it must be asked for anew.'}
        </strong>
      </p>
      <Textarea
        label="Note, if there is one to tell"
        rows={2}
        maxLength={1_000}
        value={note}
        onChange={(event) => setNote(event.target.value)}
      />
      {command.error !== null && <ProblemPanel what="The decision was not taken." error={command.error} />}
      <div className="actions">
        <Button type="submit" loading={command.isPending}>
          {asked === 'approve' ? 'Approve it' : 'Reject it'}
        </Button>
        <Button variant="default" onClick={() => setAsked(undefined)}>
          Leave it
        </Button>
      </div>
    </form>
  );
}
