import { escaped } from './chart.ts';
import { figureText } from './figure.ts';

const WIDTH = 760;
const LEFT = 64;
const RIGHT = 16;
const TOP = 58;
const PANEL = 84;
const GAP = 34;
const BOTTOM = 40;
const TICKS = 8;

/** One line over time, in a panel of its own. */
export interface TimelinePanel {
  readonly title: string;
  readonly colour: string;
  /** One for each second from the begin. */
  readonly values: readonly number[];
  /** The panel's top, where it is not its greatest value: panels with the same one can be compared. */
  readonly most?: number;
}

export interface Timeline {
  readonly title: string;
  readonly panels: readonly TimelinePanel[];
  /** A stretch that stands out, in seconds from the begin. */
  readonly shaded: { readonly from: number; readonly to: number; readonly title: string };
}

/** Lines over one axis of time, one below the other, as an SVG that stands alone on a light and on a dark page. */
export function timelineChart({ title, panels, shaded }: Timeline): string {
  const seconds = Math.max(1, ...panels.map(({ values }) => values.length), shaded.to);
  const x = (second: number): string => (LEFT + ((WIDTH - LEFT - RIGHT) * second) / seconds).toFixed(1);
  const height = TOP + panels.length * (PANEL + GAP) - GAP + BOTTOM;
  const floor = height - BOTTOM;
  const step = tickStep(seconds);
  const ticks = Array.from({ length: Math.floor(seconds / step) + 1 }, (_, index) => index * step);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" font-family="system-ui, sans-serif" font-size="13">`,
    `<title>${escaped(title)}</title>`,
    '<style>text{fill:#57606a}@media (prefers-color-scheme:dark){text{fill:#9198a1}}</style>',
    `<text x="0" y="20" font-size="15" font-weight="600">${escaped(title)}</text>`,
    `<rect x="${x(shaded.from)}" y="${TOP - 8}" width="${(Number(x(shaded.to)) - Number(x(shaded.from))).toFixed(1)}" height="${floor - TOP + 8}" fill="#cf222e" fill-opacity="0.13"/>`,
    ...panels.flatMap((panel, index) => drawn(panel, TOP + index * (PANEL + GAP), x)),
    `<text x="${x((shaded.from + shaded.to) / 2)}" y="${floor + 34}" text-anchor="middle" font-style="italic">${escaped(shaded.title)}</text>`,
    ...ticks.map((second) => `<text x="${x(second)}" y="${floor + 17}" text-anchor="middle">${second} s</text>`),
    '</svg>',
    '',
  ].join('\n');
}

function drawn(panel: TimelinePanel, top: number, x: (second: number) => string): readonly string[] {
  const { title, colour, values } = panel;
  const most = Math.max(panel.most ?? 0, ...values, Number.MIN_VALUE);
  const floor = top + PANEL;
  const points = values.map((value, second) => `${x(second + 0.5)},${(floor - (PANEL * value) / most).toFixed(1)}`);
  return [
    `<path d="M${LEFT} ${top}H${WIDTH - RIGHT}M${LEFT} ${floor}H${WIDTH - RIGHT}" stroke="#8b949e" stroke-opacity="0.4"/>`,
    `<text x="${LEFT - 8}" y="${top + 5}" text-anchor="end">${figureText(most)}</text>`,
    `<text x="${LEFT - 8}" y="${floor + 4}" text-anchor="end">0</text>`,
    `<text x="${LEFT}" y="${top - 12}"><tspan fill="${colour}">■</tspan> ${escaped(title)}</text>`,
    `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="1.5" stroke-linejoin="round"/>`,
  ];
}

/** A round number of seconds between two marks. */
function tickStep(seconds: number): number {
  return [1, 2, 5, 10, 20, 30, 60, 120, 300, 600].find((step) => seconds / step <= TICKS) ?? 1_200;
}
