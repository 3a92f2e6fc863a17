import { describe, expect, it } from 'vitest';
import type { Sample } from '../../src/measures/measure.ts';
import { barChart } from '../../src/report/chart.ts';
import { figureText } from '../../src/report/figure.ts';
import { markdownTable } from '../../src/report/markdown-table.ts';
import { withSection } from '../../src/report/page.ts';
import { Results } from '../../src/report/results.ts';
import { judge } from '../../src/report/targets.ts';

function drained(contestant: string, role: Sample['role'], values: readonly number[], flaw?: string): Sample[] {
  return values.map((value, round) => ({
    measure: 'drain',
    contestant,
    role,
    round,
    value,
    unit: 'events/s',
    ...(flaw === undefined ? {} : { flaw }),
  }));
}

describe('a figure', () => {
  it('has three digits that count', () => {
    expect([12_345, 4.2137, 0.0712, 0, 100].map(figureText)).toEqual(['12,300', '4.21', '0.071', '0', '100']);
  });
});

describe('a table', () => {
  it('is padded as the formatter pads it', () => {
    const table = markdownTable(
      [
        { title: 'name', align: 'left' },
        { title: 'n', align: 'right' },
      ],
      [['waybill', '1,000']],
    );
    expect(table.split('\n')).toEqual(['| name    |     n |', '| ------- | ----: |', '| waybill | 1,000 |']);
  });
});

describe('the page', () => {
  it('keeps what stands around a section', () => {
    const page = 'before\n\n<!-- bench:relay -->\n\nold\n\n<!-- /bench:relay -->\n\nafter\n';
    expect(withSection(page, 'relay', 'new')).toBe(
      'before\n\n<!-- bench:relay -->\n\nnew\n\n<!-- /bench:relay -->\n\nafter\n',
    );
  });

  it('gets a section that it lacks at its end', () => {
    expect(withSection('# Page\n', 'idle', 'new')).toBe(
      '# Page\n\n<!-- bench:idle -->\n\nnew\n\n<!-- /bench:idle -->\n',
    );
  });
});

describe('a chart', () => {
  it('names each contestant and marks one whose figure does not count', () => {
    const { all } = new Results([...drained('a<b', 'ours', [10]), ...drained('c', 'rival', [5], '3 lost')]);
    const svg = barChart('Drain', all);
    expect(svg).toContain('a&lt;b');
    expect(svg).toContain('c *');
  });
});

describe('the targets', () => {
  it('are held against the best rival that loses nothing', () => {
    const results = new Results([
      ...drained('waybill', 'ours', [60, 66]),
      ...drained('quick-and-wrong', 'rival', [100, 100], '3 lost'),
      ...drained('naive', 'rival', [20, 20]),
    ]);
    expect(judge(results)).toEqual([
      {
        measure: 'relay',
        name: 'drain against the best rival that loses nothing',
        goal: 'at least 3 times',
        measured: '3.15 (3.00 to 3.30) times naive',
        met: true,
      },
    ]);
  });

  it('are not met by figures that do not count', () => {
    const results = new Results([...drained('waybill', 'ours', [60], '1 lost'), ...drained('naive', 'rival', [10])]);
    expect(judge(results).map(({ met }) => met)).toEqual([false]);
  });

  it('take nothing for unchanged beside a stretch that was slow for another reason', () => {
    const p50 = (contestant: string, value: number, flaw?: string) =>
      drained(contestant, 'ours', [value], flaw).map((sample) => ({ ...sample, measure: 'isolation p50' }));
    const met = (flaw?: string) =>
      judge(new Results([...p50('waybill', 10, flaw), ...p50('waybill, terminal', 10.5)])).map((one) => one.met);
    expect(met()).toEqual([true]);
    expect(met('reached 204/s')).toEqual([false]);
  });
});
