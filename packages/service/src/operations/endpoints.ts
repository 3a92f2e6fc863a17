import { z } from 'zod';
import { endpoint } from '../http/endpoint.ts';
import * as api from './api.ts';

/** The operations API of a service, described; `/ops/v1` is before each path. */

const read = <TParams extends z.ZodType, TQuery extends z.ZodType>(
  path: string,
  summary: string,
  schema: z.ZodType,
  parts: { readonly params?: TParams; readonly query?: TQuery } = {},
) =>
  endpoint({
    ...{ method: 'get' as const, path, summary, replies: { 200: { description: 'As it is now', schema } } },
    ...parts,
  });

const command = <TParams extends z.ZodType, TBody extends z.ZodType>(
  path: string,
  summary: string,
  parts: { readonly params?: TParams; readonly body: TBody },
) =>
  endpoint({
    ...{ method: 'post' as const, path, summary, idempotencyKey: 'required' as const },
    ...parts,
    replies: {
      200: { description: 'It is done', schema: api.commandResult },
      202: { description: 'Another person has to agree first', schema: api.commandResult },
    },
  });

const none = z.object({});
const entry = { params: api.parkedParams };
const job = { params: api.jobParams };

export const getOverview = read('/overview', 'How the service stands', api.overview);
export const getFlow = read('/flows/:name', 'How a consumer did over the last day', api.flowView, {
  params: api.flowParams,
  query: api.flowQuery,
});
export const getFailures = read(
  '/failures',
  'Failures by what they have in common, worst first',
  z.strictObject({ groups: z.array(api.failureGroup) }),
  { params: none, query: z.object({ consumer: z.string().max(255).optional() }) },
);
export const getParked = read('/parked', 'Parked entries, oldest first', api.parkedPage, {
  params: none,
  query: api.parkedQuery,
});
export const getEntry = read('/parked/:id', 'One parked entry', api.parkedEntry, {
  ...entry,
  query: z.object({ unmask: z.uuid().optional() }),
});
export const postRedrive = command('/parked/:id/redrive', 'Try a failed entry again', {
  ...entry,
  body: api.redriveBody,
});
export const postSkip = command('/parked/:id/skip', 'Give a dead entry up', { ...entry, body: api.skipBody });
export const postPassGap = command(
  '/parked/:id/pass-gap',
  'Go on without the versions that are missing before an entry',
  { ...entry, body: api.passGapBody },
);
export const postEdit = command('/parked/:id/edit', 'Change the data of an entry and try it again', {
  ...entry,
  body: api.editBody,
});
export const postNote = command('/parked/:id/note', 'Write a note on an entry', { ...entry, body: api.noteBody });
export const postAssign = command('/parked/:id/assign', 'Give an entry to a person', {
  ...entry,
  body: api.assignBody,
});
export const postUnmask = command('/parked/:id/unmask', 'Ask to see the personal values of an entry', {
  ...entry,
  body: api.unmaskBody,
});
export const postDryRun = endpoint({
  method: 'post',
  path: '/jobs/dry-run',
  summary: 'What a job would touch',
  body: api.startJob,
  replies: { 200: { description: 'Nothing was done', schema: api.dryRun } },
});
export const postJob = command('/jobs', 'Start a job', { params: none, body: api.startJob });
export const getJobs = read('/jobs', 'Jobs, newest first', z.strictObject({ jobs: z.array(api.jobView) }));
export const getJob = read('/jobs/:id', 'One job', api.jobView, job);
export const postSteer = command('/jobs/:id/steer', 'Pause, resume or cancel a job', { ...job, body: api.steerJob });
export const postPace = command('/jobs/:id/pace', 'Change the rate of a job', { ...job, body: api.repaceJob });
export const postSwap = command('/jobs/:id/swap', 'Put what a rebuild made in the place of what is there', {
  ...job,
  body: api.swapRebuild,
});
export const postDiscard = command('/jobs/:id/discard', 'Take away the tables that a rebuild took the place of', {
  ...job,
  body: api.discardRebuild,
});
export const getApprovals = read(
  '/approvals',
  'Requests for approval, newest first',
  z.strictObject({ approvals: z.array(api.approvalView) }),
  { params: none, query: z.object({ state: z.literal('waiting').optional() }) },
);
export const postDecision = command('/approvals/:id/decide', 'Agree to a request of another person, or reject it', {
  ...job,
  body: api.decideApproval,
});
export const getPauses = read('/pauses', 'Pauses in force', z.strictObject({ pauses: z.array(api.pauseView) }));
export const postPause = command('/pauses', 'Pause a consumer, a dependency or the relay', {
  params: none,
  body: api.startPause,
});
export const postResume = command('/pauses/:id/resume', 'End a pause', { ...job, body: api.endPause });
export const postOffsets = command('/consumers/:name/offsets', 'Set where a paused consumer reads from', {
  params: z.object({ name: z.string().max(255) }),
  body: api.resetOffsets,
});
export const getAudit = read('/audit', 'The audit trail', api.auditPage, { params: none, query: api.auditQuery });
export const getVerdict = read('/audit/verify', 'Whether the audit trail is whole', api.auditVerdict);
export const getExport = endpoint({
  method: 'get',
  path: '/audit/export',
  summary: 'The audit trail as JSON lines',
  replies: { 200: { description: 'One entry a line, oldest first' } },
});
export const getTrace = read(
  '/trace',
  'What the service knows of a correlation, an entity or an event',
  api.traceResult,
  { params: none, query: api.traceQuery },
);
