import pc from 'picocolors';

/** Where a command writes for people: coloured on a terminal, plain lines on a pipe. */
export interface Screen {
  readonly terminal: boolean;
  /** A plain line. */
  line(text?: string): void;
  heading(text: string): void;
  good(text: string): void;
  bad(text: string): void;
  faint(text: string): void;
  /** A text that overwrites itself on a terminal; nothing on a pipe. */
  transient(text: string): void;
}

/** Writes to a stream; nothing but results of a program should go to standard output when `--json` is asked for. */
export function screenOn(stream: NodeJS.WriteStream): Screen {
  const terminal = stream.isTTY;
  const colours = pc.createColors(terminal && process.env['NO_COLOR'] === undefined);
  let transientShown = false;
  const clear = () => {
    if (transientShown) stream.write('\r\u001B[2K');
    transientShown = false;
  };
  const line = (text = '') => {
    clear();
    stream.write(`${text}\n`);
  };
  return {
    terminal,
    line,
    heading: (text) => line(colours.bold(text)),
    good: (text) => line(colours.green(text)),
    bad: (text) => line(colours.red(text)),
    faint: (text) => line(colours.dim(text)),
    transient: (text) => {
      if (!terminal) return;
      clear();
      const width = stream.columns;
      stream.write(text.length > width ? text.slice(0, width - 1) : text);
      transientShown = true;
    },
  };
}
