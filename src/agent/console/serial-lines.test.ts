import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serialText } from './serial-lines.ts';
import { type ConsoleState, firstState, type Question, type Scene } from './state.ts';

const first = firstState('192.0.2.1:8080', '52:54:00:12:34:56');
const at = (scene: Scene, change: Partial<ConsoleState> = {}): ConsoleState => ({
  ...first,
  ...change,
  scene,
});
const progress = {
  phase: 'writing',
  doneBytes: 43,
  totalBytes: 100,
  networkBytes: 1,
  reusedBytes: 0,
  bytesPerSecond: 11.2e6,
  secondsLeft: 110,
} as const;
const working: Scene = { kind: 'working', task: 'deploy', image: 'xp', cancel: 'no', progress };

/** What is printed as a console goes through states. */
function story(...states: ConsoleState[]): string {
  return states.map((state, i) => serialText(states[i - 1] ?? null, state)).join('');
}

test('a deployment as the serial line tells it', () => {
  const host = { name: 'RM101-PC05', lab: 'lab-3', hint: '' };
  const failure = { code: 'x', message: 'It broke.', next: 'Mend it.', kind: 'permanent' } as const;
  const text = story(
    first,
    at({ kind: 'waiting', words: 'nothing to do' }),
    at({ ...working, progress: { ...progress, phase: 'preparing', totalBytes: 0 } }, { host }),
    at(working, { host }),
    at(working, { host }),
    at(working, { host, trouble: { seconds: 12, words: 'refused' } }),
    at(working, { host, trouble: { seconds: 20, words: 'refused' } }),
    at(working, { host }),
    at({ kind: 'done', words: 'all well', warnings: ['a disk is slow'], after: 'It restarts.' }, { host }),
    at({ kind: 'failed', failure, after: 'It waits.' }, { host }),
    at({ kind: 'cancelled', words: 'Stopped here.', after: 'It waits.' }, { host }),
    at({ kind: 'leaving', words: 'Own disk' }, { host }),
  );
  assert.deepEqual(text.split('\n'), [
    'MIMEO host: 52:54:00:12:34:56',
    'MIMEO starting: looking for the server',
    'MIMEO waiting: nothing to do',
    'MIMEO host: RM101-PC05 lab lab-3',
    'MIMEO phase=preparing',
    'MIMEO phase=writing 43 % 11.2 MB/s 2 min left',
    'MIMEO the server has not answered for 12 s, trying again (refused)',
    'MIMEO the server answers again',
    'MIMEO done: all well',
    'MIMEO warning: a disk is slow',
    'MIMEO It restarts.',
    'MIMEO failed: It broke.',
    'MIMEO next step: Mend it.',
    'MIMEO It waits.',
    'MIMEO cancelled: Stopped here.',
    'MIMEO It waits.',
    'MIMEO leaving: Own disk',
    '',
  ]);
});

test('words from the wire cannot steer the terminal', () => {
  const text = serialText(first, at({ kind: 'waiting', words: 'a\x1b[2Jb\nMIMEO done: naïve' }));
  assert.equal(text, 'MIMEO waiting: a [2Jb MIMEO done: naive\n');
});

const question: Question = {
  id: 'menu 1',
  title: 'What now?',
  lines: ['1) this', '2) that'],
  label: 'Choose 1-3:',
  text: '',
  refusal: null,
  countdown: 30,
};
const asking = (change: Partial<Question>): ConsoleState =>
  at({ kind: 'asking', question: { ...question, ...change } });

test('a question is printed once, and what is typed as it is typed', () => {
  const text = story(
    asking({}),
    asking({ countdown: 29 }),
    asking({ countdown: null, text: '2' }),
    asking({ countdown: null, text: '23' }),
    asking({ countdown: null, text: '2' }),
    asking({ countdown: null, id: 'menu 2', refusal: 'No.' }),
    at({ kind: 'waiting', words: 'x' }),
  );
  assert.equal(
    text,
    'MIMEO host: 52:54:00:12:34:56\n' +
      'What now?\n1) this\n2) that\nStarts its own disk in 30 s; press any key to stop that.\nChoose 1-3: ' +
      '23\b \b' +
      '\nWhat now?\n1) this\n2) that\nNo.\nChoose 1-3: ' +
      '\nMIMEO waiting: x\n',
  );
});

test('the countdown is told every ten seconds', () => {
  assert.equal(
    serialText(asking({ countdown: 21 }), asking({ countdown: 20 })),
    '\nStarts its own disk in 20 s; press any key to stop that.\nChoose 1-3: ',
  );
});
