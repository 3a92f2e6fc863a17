import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Somebody else's page, which has the browser of whoever opens it send a command to the console. */
export interface ForeignSite {
  /** The page, on the same machine under another name: another site to browsers. */
  readonly otherSite: string;
  /** The page at another port: another origin, but of the same site, so that no rule on cookies helps. */
  readonly sameSite: string;
  close(): void;
}

/** Serves the page. Its form is sent by a button, and its script sends the same by `fetch`, with the reader's cookies. */
export async function serveForeignSite(commandUrl: string): Promise<ForeignSite> {
  const page = `<!doctype html><title>A prize for you</title>
<form method="post" enctype="text/plain" action="${commandUrl}">
<input name='{"reason":"a prize","ignored":"' value='"}'><button>Take it</button></form>
<script>
fetch(${JSON.stringify(commandUrl)}, { method: 'POST', mode: 'no-cors', credentials: 'include', body: '{"reason":"a prize"}' });
</script>`;
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(page);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    otherSite: `http://localhost:${port}/`,
    sameSite: `http://127.0.0.1:${port}/`,
    close: () => void server.close(),
  };
}
