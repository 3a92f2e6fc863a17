import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { asProblem } from './api/problem.ts';
import { shareNonce, styleNonce } from './nonce.ts';
import { router } from './router.tsx';
import { theme } from './theme.ts';
import './styles/index.ts';

const nonce = styleNonce();
shareNonce(nonce);

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // What was refused stays refused; what was not reached may be, a moment later.
      retry: (failures, error) => failures < 2 && asProblem(error).isUncertain,
      refetchOnWindowFocus: true,
    },
    mutations: { retry: false },
  },
});

const root = document.querySelector('#root');
if (root === null) throw new Error('index.html has no element #root.');
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => nonce}>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
