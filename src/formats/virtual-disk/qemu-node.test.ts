import assert from 'node:assert/strict';
import { test } from 'node:test';
import { qemuNode } from './qemu-node.ts';

test('a base is only what we say, also when we say that there is none', () => {
  for (const format of ['qcow2', 'vmdk'] as const) {
    const node = qemuNode({ path: '/images/a', format, backing: null });
    assert.equal(node['backing'], null, 'left out, qemu would open what the file names');
    assert.deepEqual(node['file'], { driver: 'file', filename: '/images/a', 'read-only': true });
  }
  const base = { path: '/images/base', format: 'raw', backing: null } as const;
  assert.deepEqual(
    qemuNode({ path: '/images/a', format: 'qcow2', backing: base })['backing'],
    qemuNode(base),
  );
});
