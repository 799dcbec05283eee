import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSession } from '../session.ts';
import { WorkLine } from './work-line.ts';

/** What a terminal shows of work that tells of itself a thousand times a second, for three seconds. */
function drawn(errorsAreTty: boolean): string[] {
  const lines: string[] = [];
  let now = 0;
  const terminal = {
    out: () => undefined,
    err: (text: string) => void lines.push(text),
    inputIsTty: false,
    outputIsTty: false,
    errorsAreTty,
    rows: 24,
    ask: () => Promise.reject(new Error('nobody is asked')),
  };
  const env = { HOME: '/nonexistent', NO_COLOR: '1' };
  const session = openSession(
    { terminal, env, now: () => now, signal: new AbortController().signal },
    { data: '/nonexistent' },
  );
  const line = new WorkLine(session);
  for (; now <= 3000; now++) line.tell({ phase: 'reading', doneBytes: now * 1000, totalBytes: 3_000_000 });
  return lines;
}

test('on a terminal it is drawn ten times a second, and at the end', () => {
  const lines = drawn(true);
  assert.equal(lines.length, 31);
  assert.match(lines[0] ?? '', /reading {2}0 %/);
  assert.match(lines.at(-1) ?? '', /reading {2}100 % {2}3\.00 MB of 3\.00 MB {2}1\.00 MB\/s/);
});

test('elsewhere each tenth of the way is a line', () => {
  assert.equal(drawn(false).length, 11);
});
