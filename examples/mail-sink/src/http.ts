import express, { type Express } from 'express';
import type { Mailbox } from './mailbox.ts';

const maxListed = 1_000;

const maxOutageSeconds = 600;

/**
 * Shows the mailbox: `GET /mails?to=&limit=`, the newest first, and `GET /mails/count`. `POST /outage?seconds=` has the
 * server take no connection for so long.
 */
export function mailboxApp(mailbox: Mailbox, outage: (seconds: number) => void): Express {
  const app = express();
  app.disable('x-powered-by');

  app.get('/mails', (request, response) => {
    const { to, limit = '100' } = request.query;
    const wanted = typeof limit === 'string' && /^\d{1,4}$/.test(limit) ? Number(limit) : 0;
    if (wanted < 1 || wanted > maxListed || (to !== undefined && typeof to !== 'string')) {
      response.status(400).type('application/problem+json');
      response.send(JSON.stringify({ status: 400, detail: `limit is from 1 to ${maxListed}, to is one address.` }));
      return;
    }
    response.json({ mails: mailbox.latest(wanted, to) });
  });
  app.post('/outage', (request, response) => {
    const { seconds } = request.query;
    const wanted = typeof seconds === 'string' && /^\d{1,3}$/.test(seconds) ? Number(seconds) : 0;
    if (wanted < 1 || wanted > maxOutageSeconds) {
      response.status(400).type('application/problem+json');
      response.send(JSON.stringify({ status: 400, detail: `seconds is from 1 to ${maxOutageSeconds}.` }));
      return;
    }
    outage(wanted);
    response.status(202).json({ seconds: wanted });
  });
  app.get('/mails/count', (_request, response) => {
    response.json(mailbox.counts());
  });
  app.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  return app;
}
