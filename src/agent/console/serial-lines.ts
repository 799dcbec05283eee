import { type ConsoleState, hostTitle, type Question, type Scene } from './state.ts';
import { cancelWords, leftWords, percentOf, plain, speedWords, troubleWords } from './words.ts';

/**
 * What to print on a line terminal when the state changes from one to the other: whole plain lines with stable words
 * (an end-to-end test, or a person with a log, greps for them), and the bare pieces of an answer being typed.
 *
 * `MIMEO host: …`, `MIMEO waiting: …`, `MIMEO phase=writing 43 % 11.2 MB/s 2 min left`, `MIMEO done: …`,
 * `MIMEO warning: …`, `MIMEO failed: …`, `MIMEO next step: …`, `MIMEO cancelled: …`, `MIMEO leaving: …`.
 */
export function serialText(before: ConsoleState | null, now: ConsoleState): string {
  const lines: string[] = [];
  if (before === null || hostTitle(before) !== hostTitle(now) || before.host.lab !== now.host.lab) {
    lines.push(`host: ${hostTitle(now)}${now.host.lab === null ? '' : ` lab ${now.host.lab}`}`);
  }
  if (now.trouble && troubleStep(now.trouble.seconds) !== troubleStep(before?.trouble?.seconds ?? -1)) {
    lines.push(troubleWords(now.trouble));
  }
  if (before?.trouble && !now.trouble) lines.push('the server answers again');
  const { scene } = now;
  if (scene.kind === 'asking') return print(lines) + questionText(questionOf(before), scene.question);
  const said = sceneLines(scene);
  if (before === null || said.join() !== sceneLines(before.scene).join()) lines.push(...said);
  // An unfinished question line is ended before anything else is printed.
  return (questionOf(before) && lines.length > 0 ? '\n' : '') + print(lines);
}

function print(lines: readonly string[]): string {
  return lines.map((line) => `MIMEO ${plain(line)}\n`).join('');
}

/** A server that stays away is mentioned at once, and then every 30 seconds. */
function troubleStep(seconds: number): number {
  return Math.floor(seconds / 30);
}

function questionOf(state: ConsoleState | null): Question | null {
  return state?.scene.kind === 'asking' ? state.scene.question : null;
}

function sceneLines(scene: Scene): string[] {
  switch (scene.kind) {
    case 'starting':
      return ['starting: looking for the server'];
    case 'waiting':
      return [`waiting: ${scene.words}`];
    case 'leaving':
      return [`leaving: ${scene.words}`];
    case 'asking':
      return [];
    case 'working':
      return workingLines(scene);
    case 'done':
      return [`done: ${scene.words}`, ...scene.warnings.map((words) => `warning: ${words}`), scene.after];
    case 'failed':
      return [`failed: ${scene.failure.message}`, `next step: ${scene.failure.next}`, scene.after];
    case 'cancelled':
      return [`cancelled: ${scene.words}`, scene.after];
  }
}

function workingLines(scene: Extract<Scene, { kind: 'working' }>): string[] {
  if (scene.cancel === 'confirm') return [`${cancelWords(scene.task)} Type y to stop, n to go on:`];
  if (scene.cancel === 'stopping') return ['stopping at the next safe point'];
  if (scene.progress === null) return [`${scene.task} of image ${scene.image} begins`];
  const { phase, bytesPerSecond, secondsLeft } = scene.progress;
  const percent = percentOf(scene.progress);
  const words = [
    `phase=${phase}`,
    percent === null ? '' : `${percent} %`,
    percent === null ? '' : speedWords(bytesPerSecond),
    percent === null ? '' : leftWords(secondsLeft),
  ];
  return [words.filter((word) => word !== '').join(' ')];
}

/** Prints a new question whole, and of the same question only what was typed or deleted since. */
function questionText(before: Question | null, now: Question): string {
  if (before === null || before.id !== now.id || before.refusal !== now.refusal) {
    const lines = [...(before === null ? [] : ['']), now.title, ...now.lines];
    if (now.refusal !== null) lines.push(now.refusal);
    if (now.countdown !== null) lines.push(countdownWords(now.countdown));
    return `${lines.map((line) => `${plain(line)}\n`).join('')}${plain(now.label)} ${plain(now.text)}`;
  }
  if (now.countdown !== null && now.countdown !== before.countdown && now.countdown % 10 === 0) {
    return `\n${countdownWords(now.countdown)}\n${plain(now.label)} ${plain(now.text)}`;
  }
  const common = commonLength(before.text, now.text);
  return '\b \b'.repeat(before.text.length - common) + plain(now.text.slice(common));
}

function countdownWords(seconds: number): string {
  return `Starts its own disk in ${seconds} s; press any key to stop that.`;
}

function commonLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}
