import type { ReactElement } from 'react';
import { grouped } from '../words/counting.ts';

interface FreshBarProps {
  readonly fresh: number;
  readonly changed: boolean;
  readonly onShow: () => void;
}

/** What came while somebody reads waits behind this bar, so that nothing moves under the pointer. */
export function FreshBar({ fresh, changed, onShow }: FreshBarProps): ReactElement {
  return (
    <div className="fresh-bar" aria-live="polite">
      {changed && (
        <button type="button" onClick={onShow}>
          {fresh > 0 ? `${grouped(fresh)} new – show` : 'The order has changed – sort again'}
        </button>
      )}
    </div>
  );
}
