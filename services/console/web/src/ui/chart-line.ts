/** One line of a chart. A line is told from the others by its dash as well as its colour. */
export interface ChartLine {
  readonly label: string;
  /** A colour of the theme: `done`. */
  readonly colour: string;
  readonly dash?: readonly number[];
  /** As many as there are times; null where nothing is known. */
  readonly values: readonly (number | null)[];
}
