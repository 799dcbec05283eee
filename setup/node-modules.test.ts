import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { whyNotInstalled } from './node-modules.mjs';

const locked = {
  '': { version: '1.0.0' },
  'node_modules/a': { version: '1.2.3', integrity: 'sha512-a' },
  'node_modules/for-arm': { version: '1.0.0', integrity: 'sha512-b', optional: true },
};

/** A checkout with this lock and this record of what npm installed. */
function checkout(t: TestContext, installed: object | null): string {
  const folder = mkdtempSync(join(tmpdir(), 'mimeo-setup-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages: locked }));
  mkdirSync(join(folder, 'node_modules'));
  const record = join(folder, 'node_modules', '.package-lock.json');
  if (installed !== null) writeFileSync(record, JSON.stringify({ packages: installed }));
  return folder;
}

test('installed is what the lock names; packages for other processors may be absent', (t) => {
  const { 'node_modules/a': a } = locked;
  assert.equal(whyNotInstalled(checkout(t, { 'node_modules/a': a })), null);
});

test('no record, another version, another content, nothing at all', (t) => {
  assert.match(whyNotInstalled(checkout(t, null)) ?? '', /not installed yet/);
  assert.match(whyNotInstalled(checkout(t, {})) ?? '', /^a is not 1\.2\.3$/);
  const other = { version: '1.2.2', integrity: 'sha512-a' };
  assert.match(whyNotInstalled(checkout(t, { 'node_modules/a': other })) ?? '', /^a is not/);
  const altered = { version: '1.2.3', integrity: 'sha512-x' };
  assert.match(whyNotInstalled(checkout(t, { 'node_modules/a': altered })) ?? '', /^a is not/);
  const optional = {
    'node_modules/a': locked['node_modules/a'],
    'node_modules/for-arm': { version: '0.9.0' },
  };
  assert.match(whyNotInstalled(checkout(t, optional)) ?? '', /^for-arm is not 1\.0\.0$/);
});
