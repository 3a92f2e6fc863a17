import { runningEnvironment } from '@waybill/infra';
import { traceQuery, traceResult } from '@waybill/service/operations';
import { causes } from '../trace/journey.ts';
import { journeyLines } from '../trace/print-journey.ts';
import { slowestPath } from '../trace/slowest-path.ts';
import { stateDirectory } from '../workspace.ts';
import { askAll, type Unanswered } from './ask-all.ts';
import { checked } from './checked.ts';
import type { OperationsClient } from './client.ts';
import { furtherQuestions, mergedJourney, parkedOf, type ServiceTrace, type TraceQuestion } from './merged-journey.ts';
import { type Outcome, shown } from './outcome.ts';
import { printableParts } from './printing/printable.ts';
import type { Session } from './session.ts';

/** How often what was heard leads to new questions: an order, what it caused, and what that caused. */
const mostRounds = 4;

/** Shows what all services know of an id: an order's, a customer's, an event's, or a correlation id. */
export async function showJourney(session: Session, service: string | undefined, text: string): Promise<Outcome> {
  const { id } = checked(traceQuery, { id: text });
  const { traces, unanswered } = await tracesOf(session.clients(service), id);
  const journey = mergedJourney(traces);
  if (journey.events.length === 0) {
    const lines = [
      `No service that answered knows ${JSON.stringify(id)}. Give an order id, a correlation id or an event id.`,
    ];
    return { ending: 'failed', lines, json: { id, events: [], steps: [] }, unanswered };
  }
  const view = session.view();
  const options = { jaegerUrl: jaegerUrl(), colours: session.colours.isColorSupported, now: view.now };
  const parked = parkedOf(traces);
  const isCut = traces.some(({ trace }) => trace.cut);
  const lines = [
    ...journeyLines(mergedJourney(printableParts(traces)), options),
    ...(parked.length === 0 ? [] : ['', session.colours.bold('parked')]),
    ...parked.map((entry) => `./waybill parked show ${entry.service} ${entry.id}`),
    ...(isCut
      ? ['', session.colours.yellow('There is more than is shown. Ask for a correlation id or an event id.')]
      : []),
  ];
  const json = { id, ...journey, causes: causes(journey), slowestPath: slowestPath(journey), parked, cut: isCut };
  return shown(lines, json, unanswered);
}

/** Asks all for the id, and then for what they have named, until nothing new comes of it. */
async function tracesOf(
  clients: readonly OperationsClient[],
  id: string,
): Promise<{ readonly traces: readonly ServiceTrace[]; readonly unanswered: readonly Unanswered[] }> {
  const traces: ServiceTrace[] = [];
  // Each service is named once, however often it was asked.
  const unanswered = new Map<string, Unanswered>();
  const asked = new Set<string>();
  let questions: readonly TraceQuestion[] = [{ id, entities: [] }];
  for (let round = 0; round < mostRounds && questions.length > 0; round += 1) {
    for (const question of questions) {
      asked.add(JSON.stringify(question));
      const entities = question.entities.length === 0 ? undefined : question.entities.join(',');
      const heard = await askAll(clients, async (client) =>
        client.get('/trace', traceResult, { id: question.id, entities }),
      );
      traces.push(...heard.answers.map(({ service, answer }) => ({ service, trace: answer })));
      for (const one of heard.unanswered) unanswered.set(one.service, one);
    }
    questions = furtherQuestions(traces).filter((question) => !asked.has(JSON.stringify(question)));
  }
  return { traces, unanswered: [...unanswered.values()] };
}

function jaegerUrl(): string | undefined {
  return process.env['WAYBILL_JAEGER_URL'] ?? runningEnvironment(stateDirectory('up'))?.jaegerUrl;
}
