import assert from 'node:assert/strict';
import test from 'node:test';
import { LogFile } from './log-file.ts';

test('a full disk under the log holds nothing up', () => {
  // Every write to it fails with ENOSPC, as on a full disk.
  const log = new LogFile('/dev/full');
  const started = performance.now();
  for (let i = 0; i < 1000; i++) log.write('a line\n');
  assert.ok(performance.now() - started < 1000);
  log.close();
});
