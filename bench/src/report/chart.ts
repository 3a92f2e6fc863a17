import { figureText } from './figure.ts';
import type { Result } from './results.ts';

const WIDTH = 760;
const LABEL = 190;
const FIGURE = 110;
const ROW = 30;
const TOP = 44;
const colours = { ours: '#1f6feb', rival: '#8b949e', reference: '#bf8700' } as const;

/** Horizontal bars of the medians with the spread of the rounds as whiskers, as an SVG that stands alone. */
export function barChart(title: string, results: readonly Result[]): string {
  const [first] = results;
  const most = Math.max(...results.map(({ spread }) => spread.max), Number.MIN_VALUE);
  const scale = (value: number): number => ((WIDTH - LABEL - FIGURE) * value) / most;
  const height = TOP + results.length * ROW + 12;
  const bars = results.map(({ contestant, role, spread, flaws }, index) => {
    const y = TOP + index * ROW;
    const middle = y + 10;
    const mark = flaws.length === 0 ? '' : ' *';
    return [
      `<text x="${LABEL - 10}" y="${y + 15}" text-anchor="end">${escaped(contestant)}${mark}</text>`,
      `<rect x="${LABEL}" y="${y}" width="${scale(spread.median).toFixed(1)}" height="20" rx="2" fill="${colours[role]}"/>`,
      `<path d="M${(LABEL + scale(spread.min)).toFixed(1)} ${middle}H${(LABEL + scale(spread.max)).toFixed(1)}" stroke="#57606a" stroke-width="2"/>`,
      `<text x="${(LABEL + scale(spread.max) + 8).toFixed(1)}" y="${y + 15}">${figureText(spread.median)}</text>`,
    ].join('\n');
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" font-family="system-ui, sans-serif" font-size="13" fill="#57606a">`,
    `<title>${escaped(title)}</title>`,
    `<text x="0" y="20" font-size="15" font-weight="600">${escaped(title)}${first === undefined ? '' : `, ${escaped(first.unit)}`}</text>`,
    ...bars,
    '</svg>',
    '',
  ].join('\n');
}

/** Text inside of an SVG. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
