import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { sourceHash } from './boot-environment.mjs';

test('what can reach a host changes the hash; the server, the command and tests do not', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'mimeo-setup-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const write = (path: string, text: string): string => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
    return sourceHash(folder);
  };
  writeFileSync(join(folder, 'package-lock.json'), '{}');
  const first = write('src/agent/main.ts', '1');
  assert.equal(write('src/server/main.ts', '1'), first);
  assert.equal(write('src/agent/main.test.ts', '1'), first);
  const hashes = [
    first,
    write('src/agent/main.ts', '2'),
    write('src/errors.ts', ''),
    write('src/bootenv/root/inner/usr/sbin/init', '#!/bin/sh'),
    write('package-lock.json', '{"a":1}'),
  ];
  assert.equal(new Set(hashes).size, hashes.length);
});
