import { Notifications } from '@mantine/notifications';
import { useQuery } from '@tanstack/react-query';
import { Outlet } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';
import { useLiveOverview } from '../api/live.ts';
import { sessionQuery } from '../api/queries.ts';
import { SessionProvider } from '../api/session.tsx';
import { Loading } from '../ui/panels.tsx';
import { ProblemPanel } from '../ui/problems.tsx';
import { Header } from './header.tsx';
import { Help } from './help.tsx';
import { useRowKeys, useShortcut } from './shortcuts.ts';

/** What is around every page; no page is shown before it is known who looks. */
export function Shell(): ReactElement {
  const session = useQuery(sessionQuery);
  if (session.data !== undefined) {
    return (
      <SessionProvider value={session.data}>
        <Frame />
      </SessionProvider>
    );
  }
  return (
    <main className="alone">
      {session.error === null ? (
        <Loading what="the console" />
      ) : (
        <ProblemPanel
          what="The console could not find out who you are."
          error={session.error}
          still="The services go on without it."
          onRetry={() => void session.refetch()}
        />
      )}
    </main>
  );
}

function Frame(): ReactElement {
  const live = useLiveOverview();
  const [isHelpOpen, setHelpOpen] = useState(false);
  useRowKeys();
  useShortcut('?', () => setHelpOpen(true));
  return (
    <>
      <a className="skip-link" href="#content">
        To the content
      </a>
      <Header live={live} />
      <main id="content" tabIndex={-1}>
        <Outlet />
      </main>
      <footer className="footer">
        <button type="button" className="link-button" onClick={() => setHelpOpen(true)}>
          Keys <kbd>?</kbd>
        </button>
      </footer>
      {isHelpOpen && <Help onClose={() => setHelpOpen(false)} />}
      <Notifications position="bottom-right" />
    </>
  );
}
