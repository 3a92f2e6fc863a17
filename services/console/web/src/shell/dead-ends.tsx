import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { ProblemPanel } from '../ui/problems.tsx';

/** An address that leads nowhere. */
export function NotFound(): ReactElement {
  return (
    <div className="page">
      <h1>There is no page at this address</h1>
      <p>
        The address may be cut or mistyped. Go to the <Link to="/">overview</Link>, or search for an id above.
      </p>
    </div>
  );
}

/** A page that broke. */
export function PageFailed({ error }: { readonly error: unknown }): ReactElement {
  return (
    <div className="page">
      <h1>This page failed</h1>
      <ProblemPanel
        what="Something in the page itself went wrong."
        error={error}
        still="The other pages work, and nothing was changed."
        onRetry={() => window.location.reload()}
      />
    </div>
  );
}
