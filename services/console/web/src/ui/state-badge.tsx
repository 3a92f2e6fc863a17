import type { ReactElement } from 'react';
import type { State } from '../words/states.ts';
import { Icon } from './icon.tsx';

/** A state as word, icon and colour. */
export function StateBadge({ state }: { readonly state: State }): ReactElement {
  return (
    <span className={`state state-${state}`}>
      <Icon name={state} />
      {state}
    </span>
  );
}
