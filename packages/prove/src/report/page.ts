import type { ProofReport } from '@waybill/checker';
import { faultCounts } from '../summary.ts';
import { escaped } from './markup.ts';
import { quantile, type Series, type Visit } from './series.ts';
import { style } from './style.ts';
import { timeline } from './timeline.ts';

export interface PageOptions {
  readonly seed: string;
  readonly minutes: number;
  readonly report: ProofReport;
  readonly series: Series;
  readonly visits: readonly Visit[];
  /** When the picture begins, milliseconds since 1970. */
  readonly from: number;
  /** From the page to a file of the checkout. */
  readonly link: (path: string) => string;
}

const findingsShown = 100;
const checks = 'packages/checker/src/proof/checks';

/** A report as one page that needs nothing but itself. */
export function page(options: PageOptions): string {
  const { seed, minutes, report, series, from } = options;
  const title = `Waybill under faults, seed ${seed}`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${style}</style>
<h1>${escaped(title)}</h1>
<p class="about"><code>./waybill prove --minutes ${minutes} --seed ${escaped(seed)}</code>, begun ${new Date(from).toISOString()}.
What each promise says and what attacks it: <a href="${escaped(options.link('docs/guarantees.md'))}">guarantees</a>;
how to read this page: <a href="${escaped(options.link('docs/guide/prove.md'))}">guide</a>.</p>
<span class="verdict ${report.verdict}">${report.verdict}</span>
${figures(options)}
<figure>${timeline(series, report.faults, from)}</figure>
${doubts(report)}
${findings(report)}
<h2>Checks</h2>
${checkTable(options)}
<h2>Faults</h2>
${faultTable(report)}
</html>
`;
}

function figures({ report, visits }: PageOptions): string {
  const { operations, events, effects, parked, records, audits } = report.figures;
  const waits = visits.map(({ from, to }) => to - from).toSorted((a, b) => a - b);
  const counts = Object.values(faultCounts(report));
  const ms = (share: number) => `${Math.round(quantile(waits, share) ?? 0).toLocaleString('en')} ms`;
  const cells: readonly (readonly [string, string])[] = [
    [number(operations.ok), 'operations committed'],
    [`${number(operations.failed)} / ${number(operations.unknown)}`, 'rolled back / outcome unknown'],
    [number(events), 'events'],
    [number(records - events), 'records more: repeated, strangers’'],
    [number(effects), 'effects'],
    [number(parked), 'parked for a person'],
    [`${ms(0.5)} / ${ms(0.99)}`, 'time to visibility, median / p99'],
    [
      `${number(counts.reduce((sum, { inFlight }) => sum + inFlight, 0))} of ${number(counts.reduce((sum, { done }) => sum + done, 0))}`,
      'faults that hit work in flight',
    ],
    [number(audits), 'looks at the sum of what was accepted'],
  ];
  return `<div class="figures">${cells.map(([value, what]) => `<div><b>${value}</b><span>${what}</span></div>`).join('')}</div>`;
}

function number(value: number): string {
  return value.toLocaleString('en');
}

function doubts({ doubts: reasons }: ProofReport): string {
  if (reasons.length === 0) return '';
  return `<h2>In doubt</h2><ul>${reasons.map((reason) => `<li>${escaped(reason)}</li>`).join('')}</ul>`;
}

function findings({ findings: found }: ProofReport): string {
  if (found.length === 0) return '';
  const rows = found
    .slice(0, findingsShown)
    .map(
      ({ promise, code, message, ids }) =>
        `<tr><td>${promise}</td><td><code>${escaped(code)}</code></td><td>${escaped(message)}<br><code>${escaped(ids.slice(0, 5).join(' '))}</code></td></tr>`,
    );
  const more = found.length > findingsShown ? `<p>and ${number(found.length - findingsShown)} more</p>` : '';
  return `<h2>Violations</h2><table><tr><th>promise<th>code<th>what</tr>${rows.join('\n')}</table>${more}`;
}

function checkTable({ report, link }: PageOptions): string {
  const rows = report.checks.map(({ promise, says, file, found }) => {
    const outcome =
      found === 0 ? '<span class="valid">holds</span>' : `<span class="invalid">${number(found)} violations</span>`;
    const where = `<a href="${escaped(link(`${checks}/${file}`))}">${escaped(file)}</a>`;
    return `<tr><td>${promise}</td><td>${escaped(says)}</td><td>${where}</td><td>${outcome}</td></tr>`;
  });
  return `<table><tr><th>promise<th>check<th>its code<th>outcome</tr>${rows.join('\n')}</table>`;
}

function faultTable(report: ProofReport): string {
  const rows = Object.entries(faultCounts(report)).map(
    ([form, { done, inFlight }]) =>
      `<tr><td>${escaped(form)}</td><td class="n">${number(done)}</td><td class="n">${number(inFlight)}</td></tr>`,
  );
  return `<table style="max-width: 420px"><tr><th>form<th>done<th>hit work in flight</tr>${rows.join('\n')}</table>`;
}
