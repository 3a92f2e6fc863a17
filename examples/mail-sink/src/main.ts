import { readConfig } from './config.ts';
import { mailboxApp } from './http.ts';
import { Mailbox } from './mailbox.ts';
import { smtpSink } from './smtp.ts';

const config = readConfig();
const mailbox = new Mailbox(config.mailsKept);

const smtp = smtpSink(mailbox, () => new Date());
const smtpServer = smtp.listen(config.smtpPort, config.host);
let outage: NodeJS.Timeout | undefined;
const httpServer = mailboxApp(mailbox, takeNothingFor).listen(config.httpPort, config.host);

smtpServer.on('listening', () => announce('smtp', smtpServer.address()));
httpServer.on('listening', () => announce('http', httpServer.address()));
smtp.on('error', fail);
httpServer.on('error', fail);

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    clearTimeout(outage);
    smtp.close();
    httpServer.close();
    httpServer.closeIdleConnections();
  });
}

/** Nobody new is let in; whoever is being served is served, so that no mail is half sent. */
function takeNothingFor(seconds: number): void {
  clearTimeout(outage);
  smtpServer.close();
  outage = setTimeout(() => smtpServer.listen(config.smtpPort, config.host), seconds * 1_000);
}

function announce(protocol: 'smtp' | 'http', address: ReturnType<typeof httpServer.address>): void {
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  process.stdout.write(`${JSON.stringify({ msg: 'listening', url: `${protocol}://${config.host}:${port}` })}\n`);
}

function fail(error: Error): void {
  process.stderr.write(`${JSON.stringify({ msg: 'cannot serve', error: error.message })}\n`);
  process.exitCode = 1;
}
