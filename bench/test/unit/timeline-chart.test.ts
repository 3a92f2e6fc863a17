import { describe, expect, it } from 'vitest';
import { timelineChart } from '../../src/report/timeline-chart.ts';

describe('a chart over time', () => {
  const svg = timelineChart({
    title: 'a<b',
    shaded: { from: 1, to: 3, title: 'down' },
    panels: [
      { title: 'calls', colour: '#cf222e', values: [10, 0, 0, 40], most: 40 },
      { title: 'waiting', colour: '#bf8700', values: [0, 5, 10, 0] },
    ],
  });

  it('draws a line for each panel, as high as its greatest value', () => {
    const lines = [...svg.matchAll(/points="([^"]+)"/g)].map(([, points = '']) =>
      points.split(' ').map((point) => Number(point.split(',')[1])),
    );
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(Math.max(...line) - Math.min(...line)).toBe(84);
  });

  it('shades the stretch that stands out, from its first second to its last', () => {
    expect(svg).toContain('<rect x="234.0" y="50" width="340.0"');
    expect(svg).toContain('>down</text>');
  });

  it('can be read on a dark page, and holds no text that is markup', () => {
    expect(svg).toContain('prefers-color-scheme:dark');
    expect(svg).toContain('a&lt;b');
  });
});
