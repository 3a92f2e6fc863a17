import { Command } from 'commander';
import { runningEnvironment } from '@waybill/infra';
import { serviceNames, withDatabase } from '@waybill/infra/programs';
import pg from 'pg';
import { screenOn } from '../terminal/screen.ts';
import { causes } from '../trace/journey.ts';
import { loadJourney } from '../trace/load-journey.ts';
import { journeyLines } from '../trace/print-journey.ts';
import type { ServiceDatabase } from '../trace/service-database.ts';
import { slowestPath } from '../trace/slowest-path.ts';
import { stateDirectory } from '../workspace.ts';

export function traceCommand(): Command {
  return new Command('trace')
    .description('Print the journey of an order id, a correlation id or an event id, through all services.')
    .argument('<id>', 'order id, correlation id or event id')
    .option('--json', 'one JSON object')
    .action(async (id: string, { json = false }: { json?: boolean }) => {
      const { postgresUrl, jaegerUrl } = addresses();
      const databases = serviceNames.map((service): ServiceDatabase => {
        const pool = new pg.Pool({ connectionString: withDatabase(postgresUrl, service), max: 2 });
        return { service, pool };
      });
      try {
        const journey = await loadJourney(databases, id);
        if (journey === undefined) {
          throw new Error(
            `Nothing has the id ${JSON.stringify(id)}. Give an order id, a correlation id or an event id; POST /orders answers the first two.`,
          );
        }
        const screen = screenOn(process.stdout);
        if (json)
          process.stdout.write(
            `${JSON.stringify({ ...journey, causes: causes(journey), slowestPath: slowestPath(journey) })}\n`,
          );
        else
          for (const line of journeyLines(journey, { jaegerUrl, colours: screen.terminal, now: new Date() }))
            screen.line(line);
      } finally {
        await Promise.all(databases.map(async ({ pool }) => pool.end()));
      }
    });
}

function addresses(): { postgresUrl: string; jaegerUrl: string | undefined } {
  const given = process.env['WAYBILL_POSTGRES_URL'];
  if (given !== undefined) return { postgresUrl: given, jaegerUrl: process.env['WAYBILL_JAEGER_URL'] };
  const running = runningEnvironment(stateDirectory('up'));
  if (running === undefined)
    throw new Error('Nothing runs here. Start it with ./waybill up, or give WAYBILL_POSTGRES_URL.');
  return running;
}
