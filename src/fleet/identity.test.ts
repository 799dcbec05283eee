import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isBogusSerial, isBogusUuid } from './bogus.ts';
import { findSharedIdentities, type Identity, matchHost } from './identity.ts';
import { normaliseUuid, serialKey, swapUuid, uuidKey } from './smbios.ts';

const UUID_A = '4c4c4544-0042-3510-8052-b3c04f4b4e32';
const UUID_B = '4c4c4544-0042-3510-8052-b3c04f4b4e33';
const MAC_1 = '00:1e:4f:00:00:01';
const MAC_2 = '00:1e:4f:00:00:02';

function host(id: string, facts: Partial<Identity> = {}): Identity {
  return { id, uuid: null, serial: null, macs: [], ...facts };
}
function machine(uuid: string | null, serial: string | null, ...macs: string[]) {
  return { uuid, serial, macs: macs.map((mac) => ({ mac })) };
}

test('a host is known by UUID in either byte order, whatever card it booted from', () => {
  const known = [host('a', { uuid: UUID_A, serial: '5BR2K2J', macs: [MAC_1] }), host('b', { uuid: UUID_B })];
  for (const uuid of [UUID_A, UUID_A.toUpperCase(), `{${UUID_A}}`, swapUuid(UUID_A)]) {
    assert.deepEqual(matchHost(machine(uuid, '5br2k2j', MAC_2), known), {
      kind: 'known',
      hostId: 'a',
      absorbs: [],
    });
  }
});

test('bogus UUIDs and serials are not looked at; the MAC decides', () => {
  const bogus = { uuid: '03000200-0400-0500-0006-000700080009', serial: 'To Be Filled By O.E.M.' };
  const known = [host('a', { ...bogus, macs: [MAC_1] }), host('b', { ...bogus, macs: [MAC_2] })];
  const found = matchHost(machine(bogus.uuid, bogus.serial, MAC_2), known);
  assert.deepEqual(found, { kind: 'known', hostId: 'b', absorbs: [] });
  assert.deepEqual(matchHost(machine(bogus.uuid, bogus.serial, '00:1e:4f:00:00:09'), known), {
    kind: 'unknown',
  });
});

test('a host written in the manifest (a MAC and no more) is known by it', () => {
  const found = matchHost(machine(UUID_A, 'X1234', MAC_1), [host('m', { macs: [MAC_1.toUpperCase()] })]);
  assert.deepEqual(found, { kind: 'known', hostId: 'm', absorbs: [] });
});

test('a dock on another machine is not that machine', () => {
  const found = matchHost(machine(UUID_B, 'X9999', MAC_1), [host('a', { uuid: UUID_A, macs: [MAC_1] })]);
  assert.deepEqual(found, { kind: 'unknown' });
});

test('a batch of boards with one UUID: shared by two hosts it no longer counts, new to one it is a conflict', () => {
  const first = host('a', { uuid: UUID_A, macs: [MAC_1], name: 'PC01' });
  const second = host('b', { uuid: UUID_A, macs: [MAC_2], name: 'PC02' });
  assert.deepEqual(matchHost(machine(UUID_A, null, MAC_2), [first, second]), {
    kind: 'known',
    hostId: 'b',
    absorbs: [],
  });
  const third = machine(UUID_A, null, '00:1e:4f:00:00:03');
  assert.deepEqual(matchHost(third, [first, second]), { kind: 'unknown' });
  assert.deepEqual(matchHost(machine(UUID_A, null, MAC_2), [first]), {
    kind: 'conflict',
    words: 'This machine shares its UUID or serial number, but nothing else, with: PC01.',
    candidates: ['a'],
  });
  assert.deepEqual(findSharedIdentities([first, second]), [
    { kind: 'uuid', value: uuidKey(UUID_A), hostIds: ['a', 'b'] },
  ]);
});

test('two met hosts that both fit are a conflict', () => {
  const found = matchHost(machine(UUID_A, '5BR2K2J', MAC_1), [
    host('a', { uuid: UUID_A }),
    host('b', { serial: '5BR2K2J' }),
  ]);
  assert.deepEqual(found, {
    kind: 'conflict',
    words: 'This machine matches several hosts: a, b.',
    candidates: ['a', 'b'],
  });
});

test('UUID and serial outrank records of a MAC that nobody has met; those are part of the host', () => {
  const known = [
    host('a', { uuid: UUID_A, serial: '5BR2K2J', macs: [MAC_1], met: true }),
    host('m', { macs: [MAC_2], assigned: true }),
  ];
  assert.deepEqual(matchHost(machine(UUID_A, '5BR2K2J', MAC_2), known), {
    kind: 'known',
    hostId: 'a',
    absorbs: ['m'],
  });
  const [first] = known;
  assert.ok(first);
  const neighbour = host('n', { macs: [MAC_2], met: true });
  assert.deepEqual(matchHost(machine(UUID_A, '5BR2K2J', MAC_2), [first, neighbour]), {
    kind: 'known',
    hostId: 'a',
    absorbs: [],
  });
});

test('of several hosts that only have a MAC, most cards count, then the card that booted', () => {
  const [one, two] = [
    host('1', { macs: [MAC_1], met: true }),
    host('2', { macs: [MAC_1, MAC_2], met: true }),
  ];
  const found = matchHost(machine(null, null, MAC_1, MAC_2), [one, two]);
  assert.deepEqual(found, { kind: 'known', hostId: '2', absorbs: [] });
  assert.equal(matchHost(machine(null, null, MAC_1), [one, two]).kind, 'conflict');
  const lines = [
    host('x', { macs: [MAC_1], assigned: true }),
    host('y', { macs: [MAC_2], assigned: true }),
    host('z', { macs: [MAC_2] }),
  ];
  assert.deepEqual(matchHost(machine(UUID_A, null, MAC_2, MAC_1), lines), {
    kind: 'known',
    hostId: 'y',
    absorbs: ['z'],
  });
});

test('a changed board with the old serial and card is still the same host', () => {
  const known = [host('a', { uuid: UUID_A, serial: '5BR2K2J', macs: [MAC_1] })];
  assert.equal(matchHost(machine(UUID_B, '5BR2K2J', MAC_1), known).kind, 'known');
  assert.equal(matchHost(machine(UUID_B, '5BR2K2J', MAC_2), known).kind, 'conflict');
});

test('swapping the byte order twice gives the same UUID, and both orders have one key', () => {
  fc.assert(
    fc.property(fc.uuid(), (uuid) => {
      assert.equal(swapUuid(swapUuid(uuid)), uuid);
      assert.equal(uuidKey(uuid), uuidKey(swapUuid(uuid)));
    }),
  );
  assert.equal(swapUuid('00112233-4455-6677-8899-aabbccddeeff'), '33221100-5544-7766-8899-aabbccddeeff');
  assert.equal(normaliseUuid('not a uuid'), null);
});

test('placeholders of firmware identify nothing', () => {
  for (const serial of [
    'Default string',
    'System Serial Number',
    'N/A',
    '0',
    '00000000',
    ' ',
    'None',
    'OEM',
    '123456789',
  ]) {
    assert.ok(isBogusSerial(serial), serial);
    assert.equal(serialKey(serial), null);
  }
  assert.ok(!isBogusSerial('5BR2K2J'));
  for (const uuid of ['00020003-0004-0005-0006-000700080009', 'ffffffff-ffff-ffff-ffff-ffffffffffff']) {
    assert.ok(isBogusUuid(uuid));
    assert.equal(uuidKey(uuid), null);
  }
  assert.equal(uuidKey('78563412-3412-7856-90AB-CDDEEFAABBCC'), null);
});
