import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef, useState, type ReactElement } from 'react';
import { signOut } from '../api/client.ts';
import type { LiveState } from '../api/live.ts';
import { overviewQuery } from '../api/queries.ts';
import { useSession } from '../api/session.tsx';
import { counted, listed } from '../words/counting.ts';
import { Icon } from '../ui/icon.tsx';
import { SearchBox } from './search-box.tsx';

const pages = [
  { to: '/', label: 'Overview' },
  { to: '/failures', label: 'Failures' },
  { to: '/journey', label: 'Journey' },
  { to: '/flows', label: 'Flows' },
  { to: '/jobs', label: 'Jobs' },
  { to: '/approvals', label: 'Approvals' },
  { to: '/audit', label: 'Audit' },
] as const;

/** Where one is, where one can go, and the one search box. */
export function Header({ live }: { readonly live: LiveState }): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const { environment } = useSession();
  return (
    <header className="header">
      <Link to="/" className="brand" aria-label="Waybill, to the overview">
        <img src="/icon.svg" alt="" width="24" height="24" />
        Waybill
      </Link>
      <span className={`environment ${environment === 'production' ? 'environment-production' : ''}`}>
        {environment}
      </span>
      <button
        type="button"
        className="menu-button"
        aria-expanded={isOpen}
        aria-controls="pages"
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name={isOpen ? 'close' : 'menu'} />
        Menu
      </button>
      <nav id="pages" aria-label="Pages" className={isOpen ? 'pages pages-open' : 'pages'}>
        {pages.map(({ to, label }) => (
          <Link
            key={to}
            to={to}
            activeOptions={{ exact: to === '/', includeSearch: false }}
            onClick={() => setOpen(false)}
          >
            {label}
            {to === '/approvals' && <WaitingApprovals />}
          </Link>
        ))}
      </nav>
      <SearchBox />
      <LiveSign state={live} />
      <PersonMenu />
    </header>
  );
}

function WaitingApprovals(): ReactElement | undefined {
  const { data } = useQuery(overviewQuery);
  const count = (data?.services ?? []).reduce(
    (sum, answer) => sum + ('overview' in answer ? answer.overview.waitingApprovals : 0),
    0,
  );
  if (count === 0) return undefined;
  return (
    <span className="pill" title={`${counted(count, 'approval')} ${count === 1 ? 'waits' : 'wait'}`}>
      {count}
      <span className="visually-hidden"> waiting</span>
    </span>
  );
}

const liveWords: Readonly<Record<LiveState, readonly [string, string]>> = {
  connecting: ['connecting', 'Connecting to the server for live counters'],
  live: ['live', 'Counters change by themselves'],
  broken: ['not live', 'No live connection; pages ask every ten seconds'],
};

function LiveSign({ state }: { readonly state: LiveState }): ReactElement {
  const [word, hint] = liveWords[state];
  return (
    <span className={`live live-${state}`} title={hint} role="status">
      <span className="live-dot" aria-hidden="true" />
      {word}
    </span>
  );
}

function PersonMenu(): ReactElement {
  const { user, csrfToken } = useSession();
  const [isOpen, setOpen] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!isOpen) return undefined;
    const close = (event: Event) => {
      const isEscape = event instanceof KeyboardEvent && event.key === 'Escape';
      const isOutside = event instanceof PointerEvent && place.current?.contains(event.target as Node) === false;
      if (isEscape || isOutside) setOpen(false);
    };
    window.addEventListener('keydown', close);
    window.addEventListener('pointerdown', close);
    return () => {
      window.removeEventListener('keydown', close);
      window.removeEventListener('pointerdown', close);
    };
  }, [isOpen]);
  return (
    <div className="person-place" ref={place}>
      <button
        type="button"
        className="person"
        aria-label={`${user.name}: who you are, and sign out`}
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name="person" />
        <span className="person-name">{user.name}</span>
      </button>
      {isOpen && (
        <div className="person-menu">
          <p className="muted small">
            {user.id}
            <br />
            {user.roles.length === 0 ? 'no role' : listed(user.roles)}
          </p>
          <button type="button" className="text-button" onClick={() => void signOut(csrfToken)}>
            Sign out
          </button>
        </div>
      )}
    </div>
  );
}
