import { type AuditProblem, PublishedComparison } from '@waybill/messaging';
import { z } from 'zod';
import type { ServiceProblem } from '../domain/answers.ts';
import type { Asker, Services } from './services.ts';

/** Where a trail ended when its service published it. */
export interface KnownHead {
  readonly seq: number;
  readonly hash: string;
  readonly at: Date;
}

/** What is to be compared with a trail. */
export interface HeadsToCompare {
  readonly heads: readonly KnownHead[];
  /** All that were ever published, those that were compared before included. */
  readonly count: number;
  /** When they were taken; undefined when the topic was not read yet. */
  readonly readAt: Date | undefined;
  /** What to note once the trail was found to be as published. */
  readonly until: Date;
}

/** The published ends of audit trails, read from their topic. */
export interface PublishedHeads {
  /** All, or the last head that fitted and what was read since: whatever is before it hangs on its hash. */
  toCompare(service: string, which: 'all' | 'since'): Promise<HeadsToCompare>;
  noteCompared(service: string, upTo: { readonly seq: number; readonly until: Date }): Promise<void>;
}

/** Of a console that reads none. */
export const noPublishedHeads = 'not-read';

const verdictShape = z.object({
  verdict: z.enum(['intact', 'broken']),
  entries: z.int(),
  head: z.object({ seq: z.int(), hash: z.string() }),
  problem: z.object({ seq: z.int(), problem: z.string() }).optional(),
});
const pageShape = z.object({
  entries: z.array(z.object({ seq: z.int(), hash: z.string() })),
  next: z.int().optional(),
});

/** Entries asked for at once: with their details they must stay below what an answer may have. */
const pageSize = 500;
/** Milliseconds for a service to look through its whole trail. */
const verifyWithinMs = 15_000;

/** Whether a trail is whole: by its service's own word, and by what was published of it. */
export interface ChainVerdict extends z.output<typeof verdictShape> {
  readonly service: string;
  readonly published:
    | {
        readonly compared: 'yes';
        readonly heads: number;
        /** The last that was published. */
        readonly last?: { readonly seq: number; readonly at: string };
        /** Up to when the topic was read. */
        readonly readAt: string;
        readonly problem?: AuditProblem & { readonly publishedAt: string };
      }
    | { readonly compared: 'no'; readonly why: string };
}

/** Checks the trail of one service. Broken is one that either does not hold together or is not as it was published. */
export async function chainVerdict(
  services: Services,
  heads: PublishedHeads | typeof noPublishedHeads,
  asker: Asker,
  service: string,
): Promise<ChainVerdict | { readonly problem: ServiceProblem }> {
  const verified = await services.ask(service, {
    ...{ asker, path: 'audit/verify', query: () => new URLSearchParams(), withinMs: verifyWithinMs },
    parse: (answer) => verdictShape.parse(answer),
  });
  if ('problem' in verified) return { problem: verified.problem };
  const own = { service, ...verified.answer };
  if (heads === noPublishedHeads)
    return { ...own, published: { compared: 'no', why: 'This console does not read what services publish.' } };
  let toCompare = await heads.toCompare(service, 'since');
  const { readAt, count, until } = toCompare;
  if (readAt === undefined)
    return { ...own, published: { compared: 'no', why: 'What was published could not be read from the broker yet.' } };
  let compared = await compare(services, asker, service, toCompare.heads);
  if (!('unanswered' in compared) && compared.problem !== undefined) {
    // From the first entry on, to say which is the first that differs.
    toCompare = await heads.toCompare(service, 'all');
    compared = await compare(services, asker, service, toCompare.heads, 0);
  }
  if ('unanswered' in compared) return { problem: compared.unanswered };
  const last = toCompare.heads.toSorted((one, other) => one.seq - other.seq).at(-1);
  const { problem } = compared;
  if (problem === undefined && own.verdict === 'intact' && last !== undefined)
    await heads.noteCompared(service, { seq: last.seq, until });
  const published = {
    ...{ compared: 'yes' as const, heads: count, readAt: readAt.toISOString() },
    ...(last === undefined ? {} : { last: { seq: last.seq, at: last.at.toISOString() } }),
  };
  if (problem === undefined) return { ...own, published };
  const publishedAt = publicationOf(problem, toCompare.heads).toISOString();
  return { ...own, verdict: 'broken', published: { ...published, problem: { ...problem, publishedAt } } };
}

/** Reads as much of the trail as was published. */
async function compare(
  services: Services,
  asker: Asker,
  service: string,
  heads: readonly KnownHead[],
  from = Math.max(0, heads.reduce((first, { seq }) => Math.min(first, seq), Number.MAX_SAFE_INTEGER) - 1),
): Promise<{ readonly problem: AuditProblem | undefined } | { readonly unanswered: ServiceProblem }> {
  if (heads.length === 0) return { problem: undefined };
  let after = from;
  const comparison = new PublishedComparison(heads, after);
  while (!comparison.isOver) {
    const place = String(after);
    const said = await services.ask(service, {
      ...{ asker, path: 'audit', parse: (answer: unknown) => pageShape.parse(answer) },
      query: () => new URLSearchParams({ order: 'oldest', limit: String(pageSize), after: place }),
    });
    if ('problem' in said) return { unanswered: said.problem };
    for (const entry of said.answer.entries) comparison.add(entry);
    const last = said.answer.entries.at(-1);
    if (last === undefined || said.answer.next === undefined) break;
    after = last.seq;
  }
  return { problem: comparison.problem };
}

/** When the entry that is missing, or another one now, was first published to be there. */
function publicationOf({ seq }: AuditProblem, heads: readonly KnownHead[]): Date {
  const telling = heads.filter((head) => head.seq >= seq);
  return telling.reduce((first, { at }) => (at < first ? at : first), telling[0]?.at ?? new Date(0));
}
