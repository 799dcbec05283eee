/**
 * Captures a disk into nothing, imports the same bytes, or deploys chunks made on the fly, in a process of its
 * own, and says how much memory that took.
 */
import { zstdCompressSync } from 'node:zlib';
import {
  CHUNK_BYTES,
  ChunkTableBuilder,
  chunkIdOf,
  fullMask,
  type ImageIndex,
} from '../../../src/image/index.ts';
import { deployDisk } from '../../../src/transfer/index.ts';
import { capture, lives, type Shop } from './shop.ts';

const [what, disk = '', mib = ''] = process.argv.slice(2);
const start = process.memoryUsage.rss();
if (what === 'capture') {
  const nowhere: Pick<Shop, 'missing' | 'put'> = {
    missing: (ids) => Promise.resolve([...ids]),
    put: () => Promise.resolve(),
  };
  await capture(disk, nowhere);
} else {
  await deployMadeUp(Number(mib));
}
const peak = process.resourceUsage().maxRSS * 1024;
process.stdout.write(`${JSON.stringify({ startMib: start / 1_048_576, peakMib: peak / 1_048_576 })}\n`);
process.exit();

/** Thousands of chunks of which sixteen are stored: what is measured is the way, not the store. */
async function deployMadeUp(chunks: number): Promise<void> {
  const frames = new Map<string, Buffer>();
  for (let i = 0; i < 16; i++) {
    const bytes = Buffer.alloc(CHUNK_BYTES);
    for (let at = 0; at < CHUNK_BYTES; at += 4) bytes.writeUInt32LE((at * 2_654_435_761 * (i + 1)) >>> 7, at);
    frames.set(chunkIdOf(bytes), zstdCompressSync(bytes));
  }
  const ids = [...frames.keys()];
  const table = new ChunkTableBuilder();
  for (let i = 0; i < chunks; i++) table.append(ids[i % 16] ?? '', fullMask(), 0);
  const lengthBytes = chunks * CHUNK_BYTES;
  const place = { startByte: CHUNK_BYTES, lengthBytes };
  const index: ImageIndex = {
    name: 'x',
    version: 1,
    createdAt: '2026-01-01T00:00:00Z',
    notes: '',
    layout: {
      table: 'mbr',
      diskBytes: lengthBytes + 2 * CHUNK_BYTES,
      sectorBytes: 512,
      diskId: '00000001',
      bootCode: Buffer.alloc(440),
      partitions: [{ number: 1, ...place, type: '83', active: false, gpt: null }],
    },
    regions: [
      { kind: 'partition', partition: 1, filesystem: 'raw', label: '', ...place, chunks: table.build() },
    ],
    otherDisks: [],
  };
  await deployDisk({
    disk,
    index,
    layout: index.layout,
    source: {
      fetch: (id) => Promise.resolve(Buffer.from(frames.get(id) ?? '')),
      reportBad: (id, words) => Promise.reject(new Error(`${id}: ${words}`)),
    },
    saveTable: () => Promise.resolve(),
    signal: lives,
    verify: true,
  });
}
