import type { Evidence } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import { allEffects, groupBy } from '../lookup.ts';

/** I3: no consumer has two effects for one event. */
export function effectTwice(evidence: Evidence): readonly Finding[] {
  const groups = groupBy(allEffects(evidence), ({ consumer, eventId }) => `${consumer} ${eventId}`);
  return [...groups.values()].flatMap((lines): readonly Finding[] => {
    const [first] = lines;
    if (first === undefined || lines.length === 1) return [];
    const message = `${first.consumer} had ${lines.length} effects for ${first.type} ${first.eventId}.`;
    return [{ promise: 'I3', code: 'repeated.effect', message, ids: [first.eventId] }];
  });
}

/** I3: no mail arrived twice; a mail's Message-ID comes from its event. */
export function mailTwice({ mail }: Evidence): readonly Finding[] {
  const repeated = [...groupBy(mail.messageIds, (id) => id)].filter(([, mails]) => mails.length > 1).map(([id]) => id);
  if (mail.duplicates === 0 && repeated.length === 0) return [];
  const count = Math.max(mail.duplicates, repeated.length);
  return [{ promise: 'I3', code: 'repeated.mail', message: `${count} mails arrived more than once.`, ids: repeated }];
}

/** I3, at the provider: no order's money was taken or given back twice. */
export function moneyMovedTwice({ provider }: Evidence): readonly Finding[] {
  return provider
    .filter(({ captures, refunds }) => captures > 1 || refunds > 1)
    .map(({ orderId, captures, refunds }) => ({
      promise: 'I3',
      code: 'repeated.payment',
      message: `The provider has ${captures} captures and ${refunds} refunds of order ${orderId}.`,
      ids: [orderId],
    }));
}
