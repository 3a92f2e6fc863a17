import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { targetLink } from '../words/audit-target.ts';

interface TargetViewProps {
  readonly service: string;
  /** As the audit trail has it: `parked/17`. */
  readonly target: string;
}

/** What an action was or will be on, with the way to its page. */
export function TargetView({ service, target }: TargetViewProps): ReactElement {
  const link = targetLink(target);
  switch (link.kind) {
    case 'parked':
      return (
        <Link to="/parked/$service/$id" params={{ service, id: link.id }}>
          parked entry {link.id}
        </Link>
      );
    case 'job':
      return (
        <Link to="/jobs/$service/$id" params={{ service, id: link.id }} title={link.id}>
          job …{link.id.slice(-8)}
        </Link>
      );
    case 'consumer':
      return (
        <Link to="/flows/$service/$consumer" params={{ service, consumer: link.id }}>
          {link.id}
        </Link>
      );
    case 'other':
      return <>{target === 'relay/*' ? `publishing of ${service}` : target}</>;
  }
}
