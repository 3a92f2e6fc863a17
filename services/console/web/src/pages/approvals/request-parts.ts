import type { ApprovalView } from '@waybill/service/operations';

type Asked = Pick<ApprovalView, 'operation' | 'target' | 'request'>;

/** The parked entry that an approval is about, or undefined when it is about something else, as a job is. */
export function parkedIdOf(approval: Asked): string | undefined {
  const named: unknown = approval.request['id'] ?? approval.request['parkedId'];
  if (typeof named === 'string' && /^\d{1,19}$/.test(named)) return named;
  return /(?:^|parked[/: ])(\d{1,19})$/.exec(approval.target)?.[1];
}

/** What an edit asks for: both versions where they were kept, or the new one alone. */
export type Edit =
  | { readonly kind: 'both'; readonly before: unknown; readonly after: unknown }
  | { readonly kind: 'after'; readonly after: unknown };

/** The edit of an approval, or undefined when it asks for none. */
export function editOf(approval: Asked): Edit | undefined {
  const { before, after, data } = approval.request;
  const edited = after ?? data;
  if (before !== undefined && edited !== undefined) return { kind: 'both', before, after: edited };
  return edited === undefined ? undefined : { kind: 'after', after: edited };
}
