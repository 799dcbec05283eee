import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDatabase, SettingsRepository } from '../db/index.ts';
import type { ImageSummary } from '../store/index.ts';
import { StoreDamage } from './store-damage.ts';
import type { StoreOutcome, StoreWish } from './store-work.ts';

const SCRUB: StoreWish = { kind: 'scrub', bytesPerSecond: null };
const VERIFY: StoreWish = { kind: 'verify', image: 'xp', version: 1 };

/** Each fault as `chunk image@version …`. */
function outcome(...faults: string[]): StoreOutcome {
  return {
    words: '',
    sound: faults.length === 0,
    chunks: 9,
    bytes: 9,
    faults: faults.map((words) => {
      const [chunk = '', ...images] = words.split(' ');
      const places = images.map((each) => {
        const [image = '', version] = each.split('@');
        return { image, version: Number(version), disk: 0, partition: 1, offset: 0 };
      });
      return { chunk, state: 'missing', healed: chunk === 'healed', places };
    }),
    damagedImages: [],
    garbage: null,
  };
}

test('what a look found lost is known after a restart, until a later look or the chunks themselves say else', async (t) => {
  const db = openDatabase(':memory:');
  t.after(() => db.destroy());
  const settings = new SettingsRepository(db);
  const there = new Set<string>();
  const images = [
    { name: 'xp', version: 1 },
    { name: 'xp', version: 2 },
  ] as ImageSummary[];
  const store = {
    list: async () => images,
    missing: async (ids: readonly string[]) => ids.filter((id) => !there.has(id)),
  };
  const start = (): StoreDamage => new StoreDamage({ settings, store });
  const lost = async (): Promise<object> => Object.fromEntries(await start().lostChunks());

  assert.deepEqual(await lost(), {});
  await start().note(SCRUB, outcome('a xp@1 xp@1 xp@2', 'b xp@2', 'healed xp@1', 'c gone@1', 'd'), 5);
  assert.deepEqual(await lost(), { 'xp@1': 1, 'xp@2': 2 });
  assert.equal((await start().broken())[0]?.foundAt, 5);
  await start().note({ kind: 'gc', dryRun: false, now: false }, outcome(), 6);
  assert.deepEqual(await lost(), { 'xp@1': 1, 'xp@2': 2 });
  await start().note(VERIFY, outcome(), 7);
  assert.deepEqual(await lost(), { 'xp@2': 2 });
  await start().note(VERIFY, outcome('a xp@1', 'e xp@1'), 8);
  assert.deepEqual(await lost(), { 'xp@1': 2, 'xp@2': 2 });
  there.add('a').add('e');
  assert.deepEqual(await lost(), { 'xp@2': 1 }, 'captured again');
  await start().note(SCRUB, outcome(), 9);
  assert.deepEqual(await lost(), {});
});
