import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { matchesAlias, needsExtraLayer, parseAliases, parseBusId } from './aliases.ts';

const table = parseAliases(`# Aliases extracted from modules themselves.
alias pci:v00008086d00001572sv*sd*bc*sc*i* i40e
alias pci:v00001000d*sv*sd*bc01sc04i00* megaraid_sas
alias pci:v000014E4d*sv*sd*bc02sc00i* bnx2x
alias symbol:x y
`);

test('depmod’s lines are read, its comment is not', () => {
  assert.deepEqual(table[0], ['pci:v00008086d00001572sv*sd*bc*sc*i*', 'i40e']);
  assert.equal(table.length, 4);
});

test('a network card is found by the PCI id that iPXE tells', () => {
  const id = parseBusId('0180861572');
  assert.deepEqual(id, { vendor: 0x8086, device: 0x1572 });
  assert.equal(needsExtraLayer(id ?? '', table), true);
  assert.equal(needsExtraLayer({ vendor: 0x14e4, device: 1 }, table), true, 'a class pattern: Ethernet');
  assert.equal(needsExtraLayer({ vendor: 0x10ec, device: 0x8168 }, table), false);
});

test('iPXE’s busid: other buses and rubbish are no PCI id', () => {
  assert.deepEqual(parseBusId(' 01:10:EC:81:68 '), { vendor: 0x10ec, device: 0x8168 });
  for (const text of ['', '0280861572', '01808615', '018086157z', '01808615720'])
    assert.equal(parseBusId(text), null);
});

test('a disk controller is found by its modalias, also by class', () => {
  const controller = 'pci:v00001000d00000060sv00001000sd00001006bc01sc04i00';
  assert.equal(needsExtraLayer(controller, table), true);
  assert.equal(needsExtraLayer(controller.replace('bc01sc04', 'bc01sc06'), table), false);
});

test('patterns match as fnmatch does', () => {
  assert.ok(matchesAlias('usb:v0BDAp8153d[0-2]*dc*', 'usb:v0BDAp8153d1000dcFF'));
  assert.ok(!matchesAlias('usb:v0BDAp8153d[0-2]*dc*', 'usb:v0BDAp8153d3000dcFF'));
  assert.ok(matchesAlias('a[!b]?', 'acd'));
  assert.ok(!matchesAlias('a[!b]?', 'abd'));
  assert.ok(!matchesAlias('a.c', 'abc'), 'a dot is a dot');
  assert.ok(matchesAlias('dmi*:svnA+B(c):*', 'dmi:bvn1:svnA+B(c):pn2:'));
});

test('a text without wildcards matches itself and nothing longer', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[\w:.+(){}$^|\\]*$/), (text) => {
      assert.ok(matchesAlias(text, text));
      assert.ok(matchesAlias('*', text));
      assert.ok(!matchesAlias(text, `${text}x`));
    }),
  );
});
