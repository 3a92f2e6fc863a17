import { z } from 'zod';
import { answered, unreachable } from '../domain/answers.ts';
import { auditPage, type AuditPlaces } from '../domain/audit-pages.ts';
import { newestFirst } from '../domain/newest-first.ts';
import { askEach, type Asker, noQuery, type Services } from './services.ts';

/** What several services answered to one question, and which of them did not. */
interface Incomplete {
  readonly unreachable: readonly string[];
}

type OfService = Readonly<Record<string, unknown>> & { readonly service: string };

const jobsShape = z.object({ jobs: z.array(z.looseObject({ createdAt: z.string() })) });
const approvalsShape = z.object({ approvals: z.array(z.looseObject({ askedAt: z.string() })) });
const auditShape = z.object({
  entries: z.array(z.looseObject({ seq: z.int(), at: z.string() })),
  next: z.int().optional(),
});

/** The jobs of all services, the newest first. */
export async function allJobs(
  services: Services,
  asker: Asker,
): Promise<Incomplete & { readonly jobs: readonly OfService[] }> {
  const parse = (answer: unknown) => jobsShape.parse(answer);
  const answers = await askEach(services, { asker, path: 'jobs', query: noQuery, parse });
  const lists = answered(answers).map(({ service, answer }) => ({ service, items: answer.jobs }));
  return { jobs: newestFirst(lists, ({ createdAt }) => createdAt), unreachable: unreachable(answers) };
}

/** What waits for a second person, or did; of all services, the newest first. */
export async function allApprovals(
  services: Services,
  asker: Asker,
  state: 'waiting' | undefined,
): Promise<Incomplete & { readonly approvals: readonly OfService[] }> {
  const parse = (answer: unknown) => approvalsShape.parse(answer);
  const query = () => new URLSearchParams(state === undefined ? {} : { state });
  const answers = await askEach(services, { asker, path: 'approvals', query, parse });
  const lists = answered(answers).map(({ service, answer }) => ({ service, items: answer.approvals }));
  return { approvals: newestFirst(lists, ({ askedAt }) => askedAt), unreachable: unreachable(answers) };
}

/** What {@link allAudit} looks for, and from where. */
export interface AuditSearch {
  readonly limit: number;
  readonly filters: Readonly<Record<string, string>>;
  readonly places: AuditPlaces;
}

/** One page of the audit trails of all services, the newest first, and the places of the next. */
export async function allAudit(
  services: Services,
  asker: Asker,
  search: AuditSearch,
): Promise<Incomplete & { readonly entries: readonly OfService[]; readonly next: AuditPlaces | undefined }> {
  const { limit, filters, places } = search;
  const open = services.names.filter((service) => places[service] !== 'end');
  const query = (service: string) => {
    const place = places[service];
    const after = typeof place === 'number' ? { after: String(place) } : {};
    return new URLSearchParams({ ...filters, ...after, order: 'newest', limit: String(limit) });
  };
  const parse = (answer: unknown) => auditShape.parse(answer);
  const answers = await askEach(services, { asker, path: 'audit', query, parse }, open);
  const parts = answered(answers).map(({ service, answer }) => ({
    service,
    entries: answer.entries,
    more: answer.next !== undefined,
  }));
  return { ...auditPage(parts, places, limit), unreachable: unreachable(answers) };
}
