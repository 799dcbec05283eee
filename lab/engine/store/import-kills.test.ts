import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labNeeds } from '../../needs.ts';
import { tortureImport } from '../../torture/import-kills.ts';

const skip = labNeeds('ip', 'dnsmasq', 'unshare', 'sfdisk');

test('a real import that is killed, or whose server is, leaves nothing half', {
  skip,
  timeout: 300_000,
}, async (t) => {
  const { failed, words } = await tortureImport({ kills: 5 });
  assert.equal(failed, 0, words);
  t.diagnostic(words);
});
