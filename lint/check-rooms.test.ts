import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { checkTree } from './check-rooms.ts';

/** A project with these files; the offences' paths are made relative to it. */
function offencesOf(t: TestContext, files: Readonly<Record<string, string>>): string[] {
  const root = mkdtempSync(join(tmpdir(), 'mimeo-rooms-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  for (const folder of ['src', 'lab', 'bench']) mkdirSync(join(root, folder));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return checkTree(root).map((offence) => offence.replaceAll(`${root}/`, ''));
}

test('imports down the floors, by the face of the room, are fine', (t) => {
  const offences = offencesOf(t, {
    'src/errors.ts': "import { readFileSync } from 'node:fs';",
    'src/image/index.ts': "export * from './types.ts';\nexport * from '../errors.ts';",
    'src/image/types.ts': 'export type Image = string;',
    'src/store/index.ts': "import type { Image } from '../image/index.ts';",
    'lab/network.ts': "import { serve } from '../src/server/index.ts';",
  });
  assert.deepEqual(offences, []);
});

test('an import through a wall is named with its line', (t) => {
  const offences = offencesOf(t, {
    'src/image/types.ts': 'export type Image = string;',
    'src/store/disk.ts': "import { z } from 'zod';\nimport type { Image } from '../image/types.ts';",
    'lab/main.ts': "const image = await import('../src/image/types.ts');",
  });
  assert.deepEqual(offences, [
    'src/store/disk.ts:2: ../image/types.ts goes through the wall of image; import its index.ts',
    'lab/main.ts:1: ../src/image/types.ts goes through the wall of image; import its index.ts',
  ]);
});

test('an import up a floor, or along it, is named with both floors', (t) => {
  const offences = offencesOf(t, {
    'src/image/index.ts': "export * from '../store/index.ts';",
    'src/store/index.ts': "import '../disk/index.ts';",
    'src/errors.ts': "import { Image } from './image/index.ts';",
  });
  assert.deepEqual(offences.sort(), [
    'src/errors.ts:1: the shared ground (floor 0) may not import image (floor 1)',
    'src/image/index.ts:1: image (floor 1) may not import store (floor 2)',
    'src/store/index.ts:1: store (floor 2) may not import disk (floor 2)',
  ]);
});

test('a room without a floor is an offence, and so is shared ground that leaves src/', (t) => {
  const offences = offencesOf(t, {
    'src/attic/index.ts': 'export {};',
    'src/errors.ts': "import '../lab/main.ts';",
  });
  assert.deepEqual(offences.map((offence) => offence.replace(/^.*?: /, '')).sort(), [
    '../lab/main.ts leaves src/',
    'the room attic has no floor',
  ]);
});
