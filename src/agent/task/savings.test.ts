import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeployReport } from '../../transfer/index.ts';
import { savingsWords } from './savings.ts';

const report = (reusedBytes: number, writtenBytes: number, networkBytes: number): DeployReport => ({
  reusedBytes,
  writtenBytes,
  networkBytes,
  badChunks: 0,
  rewrittenChunks: 0,
  readBack: true,
});

test('the end of a task tells what was fetched and what was there, over all disks', () => {
  assert.equal(
    savingsWords([report(39e9, 2e9, 1e9), report(0.2e9, 0.1e9, 50e6)]),
    '2.1 GB of 41.3 GB fetched (1.1 GB over the network), the rest was on the disk already',
  );
  assert.equal(savingsWords([report(0, 4e9, 2e9)]), '4.0 GB fetched, 2.0 GB over the network');
  assert.equal(
    savingsWords([report(41.3e9, 0, 0)]),
    'all 41.3 GB were on the disk already, nothing was fetched',
  );
});
