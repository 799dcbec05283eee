import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nameable, nameProblem, proposeName } from './naming.ts';

const none: ReadonlySet<string> = new Set();

test('names Windows takes, and why it refuses the others', () => {
  for (const good of ['PC1', 'RM101-PC05', 'a', 'x-1', 'ABCDEFGHIJKLMNO'])
    assert.equal(nameProblem(good), null, good);
  const refused: Record<string, RegExp> = {
    '': /is empty/,
    '12345': /digits only/,
    '-PC': /dash/,
    'PC-': /dash/,
    ABCDEFGHIJKLMNOP: /16 characters/,
    'PC 1': /a blank/,
    PC_1: /underscore/,
    'PC.school': /"\."/,
    Büro1: /"ü"/,
    'PC\u200b1': /invisible/,
    Server: /keeps for itself/,
    com1: /keeps for itself/,
    '=cmd': /"="/,
  };
  for (const [name, why] of Object.entries(refused)) assert.match(nameProblem(name) ?? '', why, name);
});

test('a rule makes the first free seat, or the wanted one', () => {
  const rule = '{lab}-PC{seat:02}';
  const ask = { rule, lab: 'R101', seat: null, mac: null, taken: none };
  assert.deepEqual(proposeName(ask), { kind: 'name', name: 'R101-PC01', seat: 1 });
  const taken = new Set(['r101-pc01', 'r101-pc02']);
  assert.deepEqual(proposeName({ ...ask, taken }), { kind: 'name', name: 'R101-PC03', seat: 3 });
  assert.deepEqual(proposeName({ ...ask, seat: 7, taken }), { kind: 'name', name: 'R101-PC07', seat: 7 });
});

test('without a lab the name comes from the MAC', () => {
  const ask = { rule: null, lab: null, seat: null, mac: '00:1e:4f:ab:cd:ef', taken: none };
  assert.deepEqual(proposeName(ask), { kind: 'name', name: 'PC-abcdef', seat: null });
  assert.equal(proposeName({ ...ask, taken: new Set(['pc-abcdef']) }).kind, 'problem');
});

test('a rule that cannot work says why', () => {
  const ask = { lab: 'A very long lab name', seat: 1, mac: null, taken: none };
  for (const [rule, words] of [
    ['{lab}-PC{seat:02}', /which is 25 characters long/],
    ['{room}-1', /has \{room\}/],
    ['PC-{mac:6}', /needs a MAC/],
    ['{seat:7}', /has \{seat:7\}/],
  ] as const) {
    const proposal = proposeName({ ...ask, rule });
    assert.match(proposal.kind === 'problem' ? proposal.words : '', words, rule);
  }
});

test('lab names become part of a name whatever they are written in', () => {
  assert.equal(nameable('Räume/Süd 2'), 'Raeume-Sued-2');
  assert.equal(nameable('Salle d’été'), 'Salle-d-ete');
  assert.equal(nameable('教室'), '');
});

test('whatever is proposed is valid and free', () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(50), fc.uniqueArray(fc.nat(30)), (lab, seat, seats) => {
      const taken = new Set(seats.map((n) => `x-pc${String(n).padStart(2, '0')}`));
      const proposal = proposeName({ rule: null, lab, seat, mac: null, taken });
      if (proposal.kind === 'problem') return;
      assert.equal(nameProblem(proposal.name), null);
      assert.ok(!taken.has(proposal.name.toLowerCase()));
    }),
  );
});
