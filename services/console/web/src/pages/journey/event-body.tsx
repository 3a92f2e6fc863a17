import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { eventBodyQuery } from '../../api/event-body.ts';
import { EventData } from '../../entries/event-data.tsx';
import { Loading } from '../../ui/panels.tsx';
import { ProblemPanel } from '../../ui/problems.tsx';

/** What an event says, read from its topic once somebody asks. */
export function EventBody({ eventId }: { readonly eventId: string }): ReactElement {
  const [isAsked, setAsked] = useState(false);
  const body = useQuery({ ...eventBodyQuery(eventId), enabled: isAsked });
  if (!isAsked) {
    return (
      <Button variant="default" size="xs" onClick={() => setAsked(true)}>
        Show what it says
      </Button>
    );
  }
  if (body.error !== null) {
    return (
      <ProblemPanel
        what="What the event says cannot be shown."
        error={body.error}
        still="What became of it stands below."
        onRetry={() => void body.refetch()}
      />
    );
  }
  if (body.data === undefined) return <Loading what="what the event says" />;
  const { topic, partition, offset } = body.data;
  return (
    <div className="stack">
      <EventData entry={{ ...body.data, masked: [...body.data.masked] }} />
      <p className="muted small">
        Read from {topic}, partition {partition}, offset {offset}. Personal values are masked for everybody here.
      </p>
    </div>
  );
}
