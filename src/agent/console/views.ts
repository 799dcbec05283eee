import { type Clock, systemClock } from '../../clock.ts';
import { Painter } from './painter.ts';
import { screenFrame } from './screen-frame.ts';
import { serialText } from './serial-lines.ts';
import type { ConsoleState } from './state.ts';
import type { Terminal } from './terminal.ts';
import { percentOf } from './words.ts';

/** Draws states on one terminal. A terminal that takes nothing any more costs nothing and breaks nothing. */
export interface View {
  show(state: ConsoleState): void;
  stop(): void;
}

const PAINT_EVERY_MS = 250;
const WHOLE_EVERY_MS = 5000;
const LINE_EVERY_MS = 2000;
const LINE_AT_LEAST_MS = 10_000;
/** More than this waiting in the output means that nobody reads it. */
const MOST_QUEUED_BYTES = 65_536;

/** The view that fits a terminal. */
export function viewOf(terminal: Terminal, clock: Clock = systemClock): View {
  // A console that fails (unplugged, hung up) is no reason to stop imaging.
  terminal.output.on('error', () => terminal.output.destroy());
  return terminal.kind === 'screen' ? screenView(terminal, clock) : lineView(terminal, clock);
}

function send(terminal: Terminal, text: string): boolean {
  if (terminal.output.destroyed || terminal.output.writableLength > MOST_QUEUED_BYTES) return false;
  if (text !== '') terminal.output.write(text);
  return true;
}

function screenView(terminal: Terminal, clock: Clock): View {
  const painter = new Painter();
  let size = terminal.size();
  let wholeAt = clock.monotonic();
  let paintedAt = Number.NEGATIVE_INFINITY;
  let latest: ConsoleState | null = null;
  let timer: NodeJS.Timeout | null = null;

  const paint = (): void => {
    timer = null;
    if (latest === null) return;
    paintedAt = clock.monotonic();
    const whole = paintedAt - wholeAt >= WHOLE_EVERY_MS;
    if (whole) {
      wholeAt = paintedAt;
      size = terminal.size();
    }
    send(terminal, painter.paint(screenFrame(latest, size), size, whole));
  };
  return {
    show(state) {
      latest = state;
      if (timer !== null) return;
      const wait = paintedAt + PAINT_EVERY_MS - clock.monotonic();
      if (wait <= 0) paint();
      else timer = setTimeout(paint, wait);
    },
    stop() {
      if (timer !== null) {
        clearTimeout(timer);
        paint();
      }
      send(terminal, painter.close());
    },
  };
}

function lineView(terminal: Terminal, clock: Clock): View {
  let printed: ConsoleState | null = null;
  let printedAt = Number.NEGATIVE_INFINITY;
  let latest: ConsoleState | null = null;
  const print = (state: ConsoleState): void => {
    if (!send(terminal, serialText(printed, state))) return;
    printed = state;
    printedAt = clock.monotonic();
  };
  return {
    show(state) {
      latest = state;
      if (printed === null || isWorthALine(printed, state, clock.monotonic() - printedAt)) print(state);
    },
    stop() {
      if (latest !== null && latest !== printed) print(latest);
    },
  };
}

/** Whether a state is printed now: everything is, but progress within a phase only now and then. */
function isWorthALine(before: ConsoleState, now: ConsoleState, elapsedMs: number): boolean {
  const a = before.scene;
  const b = now.scene;
  if (a.kind !== 'working' || b.kind !== 'working' || before.trouble !== now.trouble) return true;
  if (a.progress === null || b.progress === null || a.cancel !== b.cancel) return true;
  if (a.progress.phase !== b.progress.phase) return true;
  if (elapsedMs < LINE_EVERY_MS) return false;
  return elapsedMs >= LINE_AT_LEAST_MS || percentOf(a.progress) !== percentOf(b.progress);
}
