import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseTargetOs, parseTargetOs, type WindowsTarget } from './target-os.ts';

const xp: WindowsTarget = { architecture: 'x86', major: 5, minor: 1, build: 2600 };
const xp64: WindowsTarget = { architecture: 'amd64', major: 5, minor: 2, build: 3790 };
const seven: WindowsTarget = { architecture: 'amd64', major: 6, minor: 1, build: 7601 };
const ten: WindowsTarget = { architecture: 'amd64', major: 10, minor: 0, build: 19045 };

test('a decoration is taken apart', () => {
  const nothing = {
    architecture: null,
    major: null,
    minor: null,
    productType: null,
    suiteMask: null,
    build: null,
  };
  assert.deepEqual(parseTargetOs('NT'), nothing);
  assert.deepEqual(parseTargetOs(' NTamd64.10.0...16299'), {
    ...{ architecture: 'amd64', major: 10, minor: 0 },
    ...{ productType: null, suiteMask: null, build: 16299 },
  });
  assert.deepEqual(parseTargetOs('NTx86....0x80'), { ...nothing, architecture: 'x86', suiteMask: 0x80 });
  for (const text of ['', 'ME', 'NT$ARCH$', 'NTx86.x', 'NTx86.1.2.3.4.5.6'])
    assert.equal(parseTargetOs(text), null);
});

test('the highest version that is not above Windows is taken', () => {
  const all = [
    null,
    'NTx86',
    'NTx86.5.1',
    'NTamd64',
    'NTamd64.6.0',
    'NTamd64.6.1',
    'NTamd64.6.2',
    'NTamd64.10.0',
  ];
  assert.equal(chooseTargetOs(all, xp), 'NTx86.5.1');
  assert.equal(chooseTargetOs(all, xp64), 'NTamd64');
  assert.equal(chooseTargetOs(all, seven), 'NTamd64.6.1');
  assert.equal(chooseTargetOs(all, ten), 'NTamd64.10.0');
});

test('builds count for their own version only', () => {
  const builds = ['NTamd64.10.0...14393', 'NTamd64.10.0...22000', 'NTamd64.10.0'];
  assert.equal(chooseTargetOs(builds, ten), 'NTamd64.10.0...14393');
  assert.equal(chooseTargetOs(builds, { ...ten, build: 22631 }), 'NTamd64.10.0...22000');
  assert.equal(chooseTargetOs(['NTamd64.6.1...9999'], ten), 'NTamd64.6.1...9999');
  assert.equal(chooseTargetOs(['NTamd64.10.0...22000'], ten), undefined);
});

test('a section without an architecture is for x86 only, and what x86 falls back to', () => {
  assert.equal(chooseTargetOs([null], xp), null);
  assert.equal(chooseTargetOs([null, 'NTamd64'], xp), null);
  assert.equal(chooseTargetOs([null, 'NT.5.1'], xp), 'NT.5.1');
  assert.equal(chooseTargetOs([null, 'NTx86.6.0'], xp), null);
  assert.equal(chooseTargetOs([null, 'NT', 'NTx86'], seven), undefined);
  assert.equal(chooseTargetOs(['NT', 'NTx86'], xp), 'NTx86');
});

test('sections for servers are not for workstations; a version counts more than the kind', () => {
  assert.equal(chooseTargetOs(['NTamd64.6.1.3'], seven), undefined);
  assert.equal(chooseTargetOs(['NTamd64.6.1', 'NTamd64.6.1.1'], seven), 'NTamd64.6.1.1');
  assert.equal(chooseTargetOs(['NT', 'NT.5', 'NT.5.5', 'NT....0x80'], xp), 'NT.5');
});
