import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { detachLoop, loopsOver } from './loops.ts';
import { loopDisk } from './test-support/loop-disk.ts';
import { blankFile, MIB, scratch } from './test-support/volumes.ts';

test('a loop device that shows another file by now is left alone', async (t) => {
  const folder = await scratch(t);
  const own = await blankFile(join(folder, 'own'), MIB);
  const others = await blankFile(join(folder, 'others'), MIB);
  const device = await loopDisk(t, others);
  await detachLoop(device, own);
  assert.deepEqual(await loopsOver(others), [device]);
});
