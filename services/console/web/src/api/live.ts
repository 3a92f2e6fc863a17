import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { OverviewBody } from './bodies.ts';
import { overviewQuery } from './queries.ts';

export type LiveState = 'connecting' | 'live' | 'broken';

/** Takes in the overview as the server tells of it; while it does not, pages still ask every few seconds. */
export function useLiveOverview(): LiveState {
  const queries = useQueryClient();
  const [state, setState] = useState<LiveState>('connecting');
  useEffect(() => {
    const source = new EventSource('/api/live');
    source.addEventListener('open', () => setState('live'));
    source.addEventListener('error', () => setState('broken'));
    source.addEventListener('overview', (event: MessageEvent<string>) => {
      setState('live');
      queries.setQueryData(overviewQuery.queryKey, JSON.parse(event.data) as OverviewBody);
    });
    return () => source.close();
  }, [queries]);
  return state;
}
