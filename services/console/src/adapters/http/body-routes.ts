import { problem, type ProblemError, serve, type ServedEndpoint } from '@waybill/service';
import type { BodyOf, EventPlace, FoundBody } from '../../application/event-bodies.ts';
import { requireAllowed } from './access.ts';
import * as endpoints from './body-endpoints.ts';

/** What events say, for those who may read. */
export function bodyRoutes(bodyOf: BodyOf): readonly ServedEndpoint[] {
  return [
    serve(endpoints.readBody, async ({ request, params: { id } }) => {
      requireAllowed(request, 'read');
      const found = await bodyOf(id);
      if (found.found !== 'yes') throw refusal(found.found, found.place);
      const { place, type, body } = found;
      const where = { topic: place.topic, partition: place.partition, offset: place.offset.toString() };
      const said =
        body.kind === 'readable'
          ? { data: body.data, schema: body.schema, masked: [...body.masked] }
          : { masked: [], unreadable: body.why };
      return { status: 200, body: { eventId: id, type, ...where, ...said } };
    }),
  ];
}

function refusal(why: Exclude<FoundBody['found'], 'yes'>, place: EventPlace | undefined): ProblemError {
  const where =
    place === undefined ? '' : `${place.topic}, partition ${place.partition}, offset ${place.offset.toString()}`;
  switch (why) {
    case 'unknown':
      return problem(404, {
        code: 'console.place-unknown',
        title: 'Where it lies is not known',
        detail:
          'The event index does not know where this event lies: it did not read it, or it is too long ago. Look at the service that published it.',
      });
    case 'dropped':
      return problem(410, {
        code: 'console.body-dropped',
        title: 'Its topic has it no more',
        detail: `The event lay at ${where}, and the topic has kept it long enough. What is shown beside is what is left of it.`,
      });
    case 'replaced':
      return problem(410, {
        code: 'console.body-replaced',
        title: 'Something else lies there',
        detail: `The event lay at ${where}, where there is something else or nothing now: the topic was made anew since.`,
      });
    case 'too-large':
      return problem(422, {
        code: 'console.body-too-large',
        title: 'It is too large to show',
        detail: `The event at ${where} has more than 1 MiB. Read it there with a tool of the broker.`,
      });
    case 'busy':
      return problem(503, {
        code: 'console.bodies-busy',
        title: 'Others read just now',
        detail: 'As many events are being read from their topics as may be at a time. Try again in a moment.',
        headers: { 'Retry-After': '2' },
      });
    case 'late':
      return problem(504, {
        code: 'console.broker-late',
        title: 'The broker took too long',
        detail: `The event at ${where} did not come in time. Try again in a moment.`,
      });
    case 'unreachable':
      return problem(503, {
        code: 'console.broker-unreachable',
        title: 'The broker cannot be asked',
        detail: `The event lies at ${where}, and the broker cannot be asked for it now. Everything else here works without it.`,
        headers: { 'Retry-After': '10' },
      });
  }
}
