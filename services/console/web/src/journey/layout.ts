import { Graph, layout } from '@dagrejs/dagre';
import { laneOf, type CauseNode, type Causes } from './causes.ts';

export const nodeWidth = 208;
export const nodeHeight = 56;
const rowGap = 16;
const lanePadding = 12;
const columnGap = 56;
/** Room at the left, and above the events of a lane for its name. */
const leftMargin = 8;
const laneName = 20;

export interface PlacedNode {
  readonly node: CauseNode;
  readonly x: number;
  readonly y: number;
}

export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  readonly lanes: readonly { readonly name: string; readonly y: number; readonly height: number }[];
  readonly nodes: readonly PlacedNode[];
  /** Paths of SVG from each cause to its effect. */
  readonly edges: readonly { readonly from: string; readonly to: string; readonly path: string }[];
}

/** Where the events of a graph of causes stand: causes left of effects, one lane a service. */
export function layoutOf(causes: Causes): GraphLayout {
  const ranks = ranksOf(causes);
  const placed: PlacedNode[] = [];
  const lanes: { name: string; y: number; height: number }[] = [];
  let y = 0;
  for (const name of causes.lanes) {
    const own = causes.nodes.filter((node) => laneOf(node) === name);
    const rows = new Map<number, number>();
    for (const node of own) {
      const column = ranks.get(node.eventId) ?? 0;
      const row = rows.get(column) ?? 0;
      rows.set(column, row + 1);
      placed.push({
        node,
        x: leftMargin + column * (nodeWidth + columnGap),
        y: y + laneName + lanePadding + row * (nodeHeight + rowGap),
      });
    }
    const height = laneName + 2 * lanePadding + Math.max(1, ...rows.values()) * (nodeHeight + rowGap) - rowGap;
    lanes.push({ name, y, height });
    y += height;
  }
  const width = Math.max(leftMargin, ...placed.map(({ x }) => x + nodeWidth)) + 16;
  return { width, height: y, lanes, nodes: placed, edges: edgesOf(placed) };
}

/** The column of each event, by dagre's ranking of the graph. */
function ranksOf(causes: Causes): ReadonlyMap<string, number> {
  const graph = new Graph();
  graph.setGraph({ rankdir: 'LR', ranksep: columnGap, nodesep: rowGap });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of causes.nodes) graph.setNode(node.eventId, { width: nodeWidth, height: nodeHeight });
  for (const node of causes.nodes) if (node.cause !== undefined) graph.setEdge(node.cause, node.eventId);
  layout(graph);
  const places = causes.nodes.map(
    ({ eventId }) => [eventId, (graph.node(eventId) as { readonly x: number }).x] as const,
  );
  const columns = [...new Set(places.map(([, x]) => x))].sort((a, b) => a - b);
  return new Map(places.map(([eventId, x]) => [eventId, columns.indexOf(x)]));
}

function edgesOf(placed: readonly PlacedNode[]): GraphLayout['edges'] {
  const places = new Map(placed.map((place) => [place.node.eventId, place]));
  return placed.flatMap((to) => {
    const from = to.node.cause === undefined ? undefined : places.get(to.node.cause);
    if (from === undefined) return [];
    const [x1, y1] = [from.x + nodeWidth, from.y + nodeHeight / 2];
    const [x2, y2] = [to.x, to.y + nodeHeight / 2];
    const bend = Math.max(24, (x2 - x1) / 2);
    const path = `M${x1},${y1} C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`;
    return [{ from: from.node.eventId, to: to.node.eventId, path }];
  });
}
