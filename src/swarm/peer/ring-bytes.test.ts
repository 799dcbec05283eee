import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMeminfo, readMemoryFacts, ringBytes } from './ring-bytes.ts';

const MIB = 1024 * 1024;

test('256 MiB, less on small hosts, never nothing', () => {
  const mib = (available: number): number => ringBytes({ availableBytes: available * MIB }) / MIB;
  assert.deepEqual([0, 200, 300, 512, 600, 768, 8000].map(mib), [8, 8, 22, 128, 172, 256, 256]);
});

test('what the kernel says of the memory', async () => {
  const text = 'MemTotal:        8128512 kB\nMemFree:  100 kB\nMemAvailable:    2048 kB\nBuffers:  1 kB\n';
  assert.deepEqual(parseMeminfo(text), { availableBytes: 2 * MIB });
  assert.deepEqual(parseMeminfo('MemTotal: 5 kB\n'), { availableBytes: 0 });
  assert.ok((await readMemoryFacts()).availableBytes > 0);
});
