import { type Block, type Size, stack } from './stack.ts';
import { type ConsoleState, hostTitle, type Question, type Scene } from './state.ts';
import type { Colour, Row } from './style.ts';
import { cancelWords, leftWords, percentOf, plain, speedWords, troubleWords, wrap } from './words.ts';

/** The whole screen for a state: rows from the top, each as wide as the screen. */
export function screenFrame(state: ConsoleState, size: Size): Row[] {
  const { paper, ink } = colours(state.scene);
  const head: Block = { kind: 'text', text: headline(state), ink };
  const name: Block = { kind: 'big', text: plain(hostTitle(state)), ink: paper === 'black' ? 'cyan' : ink };
  const body = sceneBlocks(state.scene, size, ink);
  const last: Block = { kind: 'text', text: footline(state), ink: state.trouble ? 'yellow' : ink };
  return stack([head, name, ...body, last], size, paper);
}

function colours(scene: Scene): { paper: Colour; ink: Colour } {
  switch (scene.kind) {
    case 'done':
      return { paper: 'green', ink: 'black' };
    case 'failed':
      return { paper: 'red', ink: 'white' };
    case 'cancelled':
      return { paper: 'yellow', ink: 'black' };
    default:
      return { paper: 'black', ink: 'white' };
  }
}

function headline(state: ConsoleState): string {
  const lab = state.host.lab === null ? '' : ` - ${state.host.lab}`;
  return plain(`Mimeo${lab} - ${state.host.hint} - server ${state.server}`);
}

function footline(state: ConsoleState): string {
  if (state.trouble) return plain(troubleWords(state.trouble));
  const { scene } = state;
  if (scene.kind !== 'working') return '';
  if (scene.cancel === 'confirm') return `${cancelWords(scene.task)} Press y to stop, n to go on`;
  return scene.cancel === 'stopping' ? 'Stopping at the next safe point' : 'Press c to cancel';
}

/** Rows that words may take beside the head, the name, one more line of large letters and the foot. */
const OTHER_ROWS = 14;

function sceneBlocks(scene: Scene, size: Size, ink: Colour): Block[] {
  const columns = size.columns - 4;
  const most = Math.max(4, size.rows - OTHER_ROWS);
  const texts = (...lines: string[]): Block[] =>
    shorten(
      lines.map((line) => wrap(line, columns)),
      most,
    ).map((text) => ({ kind: 'text', text, ink }));
  switch (scene.kind) {
    case 'starting':
      return [{ kind: 'big', text: 'HELLO', ink }, ...texts('Looking for the server')];
    case 'waiting':
      return [{ kind: 'big', text: 'WAITING', ink }, ...texts(scene.words)];
    case 'leaving':
      return [{ kind: 'big', text: 'GOOD BYE', ink }, ...texts(scene.words)];
    case 'asking':
      return questionBlocks(scene.question, columns, size.rows);
    case 'working':
      return workingBlocks(scene);
    case 'done':
      return [
        { kind: 'big', text: 'DONE', ink },
        ...texts(scene.words, ...scene.warnings.map((warning) => `Warning: ${warning}`), scene.after),
      ];
    case 'failed':
      return [
        { kind: 'big', text: 'FAILED', ink },
        ...texts(scene.failure.message, `What to do: ${scene.failure.next}`, scene.after),
      ];
    case 'cancelled':
      return [{ kind: 'big', text: 'CANCELLED', ink }, ...texts(scene.words, scene.after)];
  }
}

/** Cuts whichever paragraph is the longest until all of them fit: a cause of a hundred lines must not push out what to do. */
function shorten(paragraphs: readonly string[][], most: number): string[] {
  const kept = paragraphs.map((lines) => lines.length);
  for (let over = paragraphs.flat().length - most; over > 0; over--) {
    const longest = kept.indexOf(Math.max(...kept));
    kept[longest] = (kept[longest] ?? 0) - 1;
  }
  return paragraphs
    .flatMap((lines, i) => {
      const count = kept[i] ?? 0;
      return count === lines.length ? lines : [...lines.slice(0, Math.max(0, count - 1)), '...'];
    })
    .slice(0, most);
}

function workingBlocks(scene: Extract<Scene, { kind: 'working' }>): Block[] {
  const { progress } = scene;
  if (progress === null) return [{ kind: 'big', text: scene.task, ink: 'white' }];
  const phase = { kind: 'big', text: progress.phase, ink: 'white' } as const satisfies Block;
  const percent = percentOf(progress);
  if (percent === null) return [phase];
  const speed = speedWords(progress.bytesPerSecond);
  const left = leftWords(progress.secondsLeft).replace(/ left$/, '');
  return [
    // The percentage is what people look for from the door: it is the largest.
    { ...phase, stretch: 1 },
    { kind: 'big', text: `${percent}%`, ink: 'green', stretch: 3 },
    { kind: 'bar', percent, ink: 'green' },
    // Without speed and time the place stays, so that nothing jumps when they come.
    { kind: 'big', text: [speed, left].filter((words) => words !== '').join('  ') || ' ', ink: 'white' },
  ];
}

function questionBlocks(question: Question, columns: number, rows: number): Block[] {
  const left = (text: string, ink: Colour): Block[] =>
    wrap(text, columns).map((line) => ({ kind: 'text', text: `  ${line}`, ink, left: true }));
  const countdown =
    question.countdown === null
      ? []
      : left(`Starts its own disk in ${question.countdown} s; press any key to stop that.`, 'yellow');
  const lines = shorten(
    question.lines.map((line) => wrap(line, columns)),
    Math.max(4, rows - OTHER_ROWS),
  );
  return [
    ...left(question.title, 'cyan'),
    ...lines.flatMap((line) => left(line, 'white')),
    ...countdown,
    ...(question.refusal === null ? [] : left(question.refusal, 'red')),
    ...left(`${question.label} ${question.text}_`, 'green'),
  ];
}
