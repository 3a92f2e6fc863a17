import { problem } from '@waybill/service';
import type { RequestHandler } from 'express';
import type { LiveOverviews } from '../../application/live-overviews.ts';
import { loggedInOf, requireAllowed } from './access.ts';
import { leaveUntouched } from './session.ts';

/** `GET /api/live`: server-sent events, one `overview` whenever the services stand differently. */
export function liveRoute(live: LiveOverviews): RequestHandler {
  return (request, response) => {
    requireAllowed(request, 'read');
    const { until } = loggedInOf(request);
    const { sessionID: sessionId } = request;
    // What stays open is nobody's activity: at its end the session must not count as used.
    leaveUntouched(request);

    const leave = live.join({
      sessionId,
      until,
      ready: () => !response.writableNeedDrain,
      send: (overviews) => void response.write(`event: overview\ndata: ${JSON.stringify({ services: overviews })}\n\n`),
      beat: () => void response.write(': \n\n'),
      end: () => void response.end('event: end\ndata: {}\n\n'),
    });
    if (leave === undefined) {
      throw problem(503, {
        code: 'console.too-many-listeners',
        detail: 'Too many pages listen at this moment. Close some, or load the page anew to see the newest.',
        headers: { 'Retry-After': '30' },
      });
    }
    response.once('close', leave);
    response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store, no-transform',
      // nginx would gather the events.
      'X-Accel-Buffering': 'no',
    });
    response.flushHeaders();
  };
}
