import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generateSigningKey } from '../image/index.ts';
import { Catalog } from './catalog.ts';
import { ClaimRegistry } from './claims.ts';
import { MemoryChunks, MemoryIndexes } from './memory-shelves.ts';
import { sampleChunks } from './sample-image.ts';
import { sweep } from './sweep.ts';

test('a chunk claimed between the look at its age and its deletion is kept', async () => {
  const claims = new ClaimRegistry();
  const claim = claims.open();
  const [a, b] = await sampleChunks(['a', 'b']);
  assert.ok(a && b);
  class ClaimedWhileLooking extends MemoryChunks {
    override async putAt(id: string): Promise<number | null> {
      const at = await super.putAt(id);
      if (id === a?.id) claim.add(id);
      return at;
    }
  }
  const chunks = new ClaimedWhileLooking();
  for (const { id, frame } of [a, b]) await chunks.put(id, frame);
  const catalog = new Catalog({ indexes: new MemoryIndexes(), signingKey: generateSigningKey() });
  const putBefore = Date.now() + 60_000;
  const given = await sweep({ chunks, catalog, claims, candidates: chunks.all(), putBefore });
  assert.deepEqual(given, { chunks: 1, bytes: b.frame.length });
  assert.deepEqual([await chunks.size(a.id), await chunks.size(b.id)], [a.frame.length, 0]);
});
