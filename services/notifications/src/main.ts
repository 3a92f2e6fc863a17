import { operationalFacts } from '@waybill/schemas';
import { runService } from '@waybill/service';
import { contactRepository } from './adapters/contact-repository.ts';
import { description, notificationRoutes } from './adapters/http.ts';
import { migrations } from './adapters/migrations.ts';
import { saveSent } from './adapters/sent-mails.ts';
import { smtpMailer } from './adapters/smtp-mailer.ts';
import { contactsProjection } from './application/contacts.ts';
import { mailing } from './application/mailing.ts';
import { config } from './config.ts';

const mailer = smtpMailer(config.SMTP_URL);

await runService({
  name: 'notifications',
  config,
  migrations,
  publishes: [],
  facts: operationalFacts,
  consumers: () => [
    contactsProjection(contactRepository),
    mailing({ mailer, contacts: contactRepository, saveSent, now: () => new Date() }),
  ],
  routes: ({ pool }) => notificationRoutes(pool),
  openapi: description,
});
