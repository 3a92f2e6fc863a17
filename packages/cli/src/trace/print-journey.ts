import pc from 'picocolors';
import { causes, type Journey, type JourneyNode, type JourneyStep, timeSpent } from './journey.ts';

/** The journey as lines: each event under its cause, each consumer's step with where its time went. */
export function journeyLines(
  journey: Journey,
  options: { readonly jaegerUrl: string | undefined; readonly colours: boolean },
): readonly string[] {
  const colours = pc.createColors(options.colours);
  const roots = causes(journey);
  const start = Math.min(...journey.events.map(({ time }) => time.getTime()));
  const lines: string[] = [];

  const show = (node: JourneyNode, depth: number) => {
    const { event } = node;
    const indent = '  '.repeat(depth);
    const at = `+${duration(event.time.getTime() - start)}`;
    lines.push(
      `${at.padStart(9)}  ${indent}${colours.bold(event.type)}  ${event.aggregateId} v${event.version}  ${colours.dim(event.id)}`,
    );
    for (const step of node.steps) lines.push(`${' '.repeat(9)}  ${indent}  ${stepLine(node, step, colours)}`);
    for (const caused of node.caused) show(caused, depth + 1);
  };

  const correlations = [...new Set(journey.events.map(({ correlationId }) => correlationId))];
  for (const id of correlations) lines.push(`${colours.bold('correlation id')} ${id}`);
  for (const root of roots) show(root, 0);
  const ids = [...new Set(journey.events.flatMap(({ traceId }) => traceId ?? []))];
  for (const id of ids)
    lines.push(options.jaegerUrl === undefined ? `trace ${id}` : `trace ${options.jaegerUrl}/trace/${id}`);
  return lines;
}

function stepLine({ event }: JourneyNode, step: JourneyStep, colours: ReturnType<typeof pc.createColors>): string {
  const { outcome } = step;
  const consumer = step.consumer.padEnd(26);
  switch (outcome.kind) {
    case 'handled': {
      const spent = timeSpent(event, step);
      const parts = [`waited ${duration(spent?.waitMs ?? 0)}`];
      if (outcome.arrival === 'parked') parts.push(`parked ${duration(spent?.parkedMs ?? 0)}`);
      if (outcome.arrival === 'fetched')
        parts.push(`fetched from its producer, queued ${duration(spent?.parkedMs ?? 0)}`);
      parts.push(`worked ${duration(outcome.workMs)}`);
      if (outcome.attempts > 1) parts.push(`${outcome.attempts} attempts`);
      return `${colours.green('✓')} ${consumer} ${parts.join(', ')}`;
    }
    case 'skipped':
      return `${colours.dim('–')} ${consumer} ${colours.dim(`skipped: ${skipReason(outcome.reason)}`)}`;
    case 'parked': {
      const why = outcome.error === undefined ? '' : `: ${outcome.error}`;
      const state = outcome.reason === 'dead' ? 'dead' : `parked (${outcome.reason})`;
      return `${colours.red('!')} ${consumer} ${state} since ${outcome.since.toISOString()}, ${outcome.attempts} attempts${why}`;
    }
  }
}

function skipReason(reason: string): string {
  return reason === 'covered' ? 'a snapshot covers its version' : reason === 'duplicate' ? 'delivered again' : reason;
}

function duration(ms: number): string {
  if (ms < 1) return '<1 ms';
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return `${(ms / 1_000).toFixed(1)} s`;
}
