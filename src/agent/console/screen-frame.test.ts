import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { screenFrame } from './screen-frame.ts';
import { type ConsoleState, firstState, type Scene } from './state.ts';
import type { Row } from './style.ts';

const state = (scene: Scene): ConsoleState => ({
  ...firstState('192.0.2.1:8080', '52:54:00:12:34:56'),
  host: { name: 'RM101-PC05', lab: 'lab-3', hint: '52:54:00:12:34:56' },
  scene,
});

/** A frame as a picture: `#` where the paper is not that of the screen. */
function picture(rows: readonly Row[]): string[] {
  const paper = rows[0]?.[0]?.paper;
  return rows.map((row) =>
    row
      .map((span) => (span.paper === paper ? span.text : '#'.repeat(span.text.length)))
      .join('')
      .trimEnd(),
  );
}

const writing: Scene = {
  kind: 'working',
  task: 'deploy',
  image: 'xp',
  cancel: 'no',
  progress: {
    phase: 'writing',
    doneBytes: 43,
    totalBytes: 100,
    networkBytes: 1,
    reusedBytes: 0,
    bytesPerSecond: 11.2e6,
    secondsLeft: 110,
  },
};

test('on 80 x 25 name, phase, percentage, speed and time are all in large letters', () => {
  assert.deepEqual(picture(screenFrame(state(writing), { columns: 80, rows: 25 })), [
    '           Mimeo - lab-3 - 52:54:00:12:34:56 - server 192.0.2.1:8080',
    '                ###  #   #  #   ##   #      ###   ###  ##  ####',
    '                #  # ## ## ##  #  # ##      #  # #    #  # #',
    '                ###  # # #  #  #  #  #  ### ###  #    #  # ###',
    '                # #  #   #  #  #  #  #      #    #    #  #    #',
    '                #  # #   # ###  ##  ###     #     ###  ##  ###',
    '',
    '                       #   # ###  ### ##### ### #  #  ###',
    '                       #   # #  #  #    #    #  ## # #',
    '                       # # # ###   #    #    #  # ## # ##',
    '                       ## ## # #   #    #    #  #  # #  #',
    '                       #   # #  # ###   #   ### #  #  ###',
    '',
    '                 ###      ###   #########      ###         ###',
    '                 ###      ###            ###            ###',
    '                 ############      ######            ###',
    '                          ###            ###      ###',
    '                          ###   #########      ###         ###',
    '    ###############################.........................................',
    '       #   #    ###     #   # ###     #  ###       ###     #   # ### #  #',
    '      ##  ##       #    ## ## #  #   #  #             #    ## ##  #  ## #',
    '       #   #     ##     # # # ###    #   ##         ##     # # #  #  # ##',
    '       #   #    #       #   # #  #  #      #       #       #   #  #  #  #',
    '      ### ### # ####    #   # ###  #    ###        ####    #   # ### #  #',
    '                               Press c to cancel',
  ]);
});

test('the final states fill the screen with their colour and say what to do', () => {
  const failure = { code: 'x', message: 'It broke.', next: 'Mend it.', kind: 'permanent' } as const;
  const scenes = [
    ['green', { kind: 'done', words: 'PC has it', warnings: ['odd'], after: 'Restarts' }, 'Warning: odd'],
    ['red', { kind: 'failed', failure, after: '' }, 'What to do: Mend it.'],
    ['yellow', { kind: 'cancelled', words: 'Stopped.', after: '' }, 'Stopped.'],
  ] as const;
  for (const [paper, scene, words] of scenes) {
    const rows = screenFrame(state(scene), { columns: 80, rows: 25 });
    for (const row of rows) assert.equal(row[0]?.paper, paper);
    assert.ok(picture(rows).some((line) => line.trim() === words));
  }
});

test('a cause of many lines does not push out what to do', () => {
  const failure = { code: 'x', message: 'word '.repeat(800), next: 'Mend it.', kind: 'permanent' } as const;
  const rows = screenFrame(state({ kind: 'failed', failure, after: 'Waits' }), { columns: 80, rows: 25 });
  const lines = picture(rows).map((line) => line.trim());
  assert.ok(lines.includes('...') && lines.includes('What to do: Mend it.') && lines.includes('Waits'));
});

test('several causes of many lines are cut alike', () => {
  const long = (word: string): string => `${word} `.repeat(100);
  const scene = {
    kind: 'done',
    words: 'PC has it',
    warnings: [long('one'), long('two')],
    after: 'Restarts',
  } as const;
  const lines = picture(screenFrame(state(scene), { columns: 80, rows: 25 })).map((line) => line.trim());
  assert.equal(lines.filter((line) => line === '...').length, 2);
  assert.ok(lines.includes('PC has it') && lines.includes('Restarts'));
  for (const word of ['one', 'two']) assert.ok(lines.some((line) => line.includes(`${word} ${word}`)));
});

test('a long list of images does not push out the line being typed', () => {
  const lines = Array.from({ length: 60 }, (_, i) => `${i + 1}) image`);
  const question = {
    id: '1',
    title: 'Which image?',
    lines,
    label: 'Image number:',
    text: '7',
    refusal: 'No.',
    countdown: 3,
  };
  const rows = picture(screenFrame(state({ kind: 'asking', question }), { columns: 80, rows: 25 }));
  assert.ok(rows.some((line) => line.includes('Image number: 7_')));
  assert.ok(rows.some((line) => line.includes('Which image?')));
});

test('every row is as wide as the screen and plain ASCII, whatever is said and however small the screen', () => {
  const words = fc.string({ unit: 'binary', maxLength: 300 });
  const scene = fc.oneof(
    fc.record({ kind: fc.constant('waiting' as const), words }),
    fc.record({ kind: fc.constant('done' as const), words, warnings: fc.array(words), after: words }),
    fc.constant(writing),
  );
  const size = fc.record({
    columns: fc.integer({ min: 20, max: 240 }),
    rows: fc.integer({ min: 8, max: 80 }),
  });
  fc.assert(
    fc.property(scene, size, words, (one, screen, name) => {
      const rows = screenFrame({ ...state(one), host: { name, lab: null, hint: '' } }, screen);
      assert.equal(rows.length, screen.rows);
      for (const row of rows) {
        const text = row.map((span) => span.text).join('');
        assert.equal(text.length, screen.columns);
        assert.match(text, /^[\x20-\x7e]*$/);
      }
    }),
  );
});
