import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DecideFacts, type Decision, decide } from './decide.ts';
import { MESSAGE, OPTION } from './dhcp/options.ts';
import { type DhcpPacket, encodeDhcp } from './dhcp/packet.ts';
import { discover, type Sample } from './dhcp/sample.ts';

const facts: DecideFacts = {
  address: '10.0.0.2',
  httpBase: 'http://10.0.0.2:8080',
  entryPath: '/boot/entry.ipxe',
  programPath: '/boot/files/',
  programs: { bios: 'undionly.kpxe', uefiX64: 'snponly.efi' },
  port: 'dhcp',
  from: { address: '0.0.0.0', port: 68 },
  ports: { server: 67, client: 68 },
};
const ENTRY = 'http://10.0.0.2:8080/boot/entry.ipxe';
const onPxe: DecideFacts = { ...facts, port: 'pxe', from: { address: '10.0.0.51', port: 4011 } };

type Reply = Extract<Decision, { kind: 'reply' }>;

function reply(packet: DhcpPacket, given = facts): Reply {
  const decision = decide(packet, given);
  assert.equal(decision.kind, 'reply', decision.words);
  return decision;
}

const text = (packet: DhcpPacket, code: number): string | undefined => packet.options.get(code)?.toString();

test('every reply: no address, we are the server, identity given back, 300 bytes', () => {
  const machineId = Buffer.from('00' + '33221100554477668899aabbccddeeff', 'hex');
  const request = discover({ xid: 0xdeadbeef, more: [[OPTION.machineId, machineId]] });
  const { packet, client, to } = reply(request);
  assert.equal(packet.op, 2);
  assert.equal(packet.yiaddr, '0.0.0.0');
  assert.equal(packet.siaddr, '10.0.0.2');
  assert.deepEqual([...(packet.options.get(OPTION.serverId) ?? [])], [10, 0, 0, 2]);
  assert.deepEqual(packet.options.get(OPTION.machineId), machineId);
  assert.deepEqual([packet.xid, packet.flags, packet.chaddr], [0xdeadbeef, 0x8000, request.chaddr]);
  assert.equal(client.uuid, '00112233-4455-6677-8899-aabbccddeeff');
  assert.deepEqual(to, { address: '255.255.255.255', port: 68 });
  assert.ok(encodeDhcp(packet).length >= 300);
});

test('a missing option 97 is accepted, and none is invented', () => {
  assert.equal(reply(discover()).packet.options.has(OPTION.machineId), false);
});

test('BIOS: the file in the header, option 43 = {6:8}', () => {
  const { packet, gives } = reply(discover());
  assert.equal(gives, 'boot-program');
  assert.equal(packet.options.get(OPTION.messageType)?.[0], MESSAGE.offer);
  assert.equal(text(packet, OPTION.vendorClass), 'PXEClient');
  assert.equal(packet.options.get(OPTION.vendor)?.toString('hex'), '060108ff');
  assert.equal(packet.file, 'undionly.kpxe');
});

for (const architecture of [7, 9]) {
  test(`UEFI PXE (${architecture}): an offer without option 43, then an ACK on 4011`, () => {
    const ask: Sample = { architecture, vendorClass: 'PXEClient:Arch:00007:UNDI:003001' };
    const offer = reply(discover(ask));
    assert.equal(text(offer.packet, OPTION.vendorClass), 'PXEClient');
    assert.equal(offer.packet.options.has(OPTION.vendor), false);
    const ack = reply(discover({ ...ask, message: MESSAGE.request }), onPxe);
    assert.equal(ack.packet.options.get(OPTION.messageType)?.[0], MESSAGE.ack);
    assert.equal(ack.packet.file, 'snponly.efi');
    assert.equal(ack.packet.yiaddr, '0.0.0.0');
    assert.deepEqual(ack.to, { address: '10.0.0.51', port: 4011 });
  });
}

test('UEFI HTTP boot: an absolute URL in option 67', () => {
  const { packet } = reply(discover({ architecture: 16, vendorClass: 'HTTPClient:Arch:00016:UNDI:003001' }));
  assert.equal(text(packet, OPTION.vendorClass), 'HTTPClient');
  assert.equal(text(packet, OPTION.bootFile), 'http://10.0.0.2:8080/boot/files/snponly.efi');
  assert.equal(packet.file, '');
});

const ipxe: readonly (readonly [string, Sample])[] = [
  ['its user class', { userClass: 'iPXE' }],
  ['its user class with a length', { userClass: '\x04iPXE' }],
  ['option 175 with HTTP', { ipxeFeatures: { 19: 1, 33: 1 } }],
  ['an empty option 175', { ipxeFeatures: {} }],
];
for (const [how, sample] of ipxe) {
  test(`iPXE, known by ${how}, gets the script`, () => {
    const { packet, gives } = reply(discover(sample));
    assert.equal(gives, 'script');
    assert.equal(text(packet, OPTION.vendorClass), 'PXEClient');
    assert.equal(packet.file, ENTRY);
    assert.equal(packet.siaddr, '10.0.0.2');
    const second = reply(discover({ ...sample, message: MESSAGE.request }), onPxe);
    assert.equal(second.packet.file, ENTRY);
  });
}

test('an iPXE without HTTP gets our own, and one for another processor still gets the script', () => {
  assert.equal(reply(discover({ userClass: 'iPXE', ipxeFeatures: { 21: 1 } })).packet.file, 'undionly.kpxe');
  assert.equal(reply(discover({ userClass: 'iPXE', architecture: 11 })).packet.file, ENTRY);
});

test('a URL too long for the header goes into option 67', () => {
  const entryPath = `/${'x'.repeat(150)}`;
  const { packet } = reply(discover({ userClass: 'iPXE' }), { ...facts, entryPath });
  assert.equal(packet.file, '');
  assert.equal(text(packet, OPTION.bootFile), `http://10.0.0.2:8080${entryPath}`);
});

test("a relayed question is answered to the relay's server port, with its option 82", () => {
  const relayed = Buffer.from('0104aabbccdd', 'hex');
  const { packet, to } = reply(discover({ giaddr: '10.9.0.1', more: [[OPTION.relayAgent, relayed]] }));
  assert.deepEqual(to, { address: '10.9.0.1', port: 67 });
  assert.equal(packet.giaddr, '10.9.0.1');
  assert.deepEqual(packet.options.get(OPTION.relayAgent), relayed);
});

const ignored: readonly (readonly [string, DhcpPacket, DecideFacts, string, boolean])[] = [
  ['an answer of another server', { ...discover(), op: 2 }, facts, 'not-a-request', true],
  ['an ordinary DHCP client', discover({ vendorClass: 'MSFT 5.0' }), facts, 'not-booting', true],
  ['no option 93', discover({ architecture: null }), facts, 'no-architecture', false],
  ['ARM', discover({ architecture: 11 }), facts, 'no-program', false],
  ['32-bit UEFI', discover({ architecture: 6 }), facts, 'no-program', false],
  ['an unheard-of architecture', discover({ architecture: 77 }), facts, 'no-program', false],
  ['a Raspberry Pi', discover({ mac: '2c:cf:67:00:00:01' }), facts, 'quirk', false],
  ['InfiniBand', { ...discover(), htype: 32, hlen: 16 }, facts, 'no-mac', false],
  ['our own probe', discover({ userClass: 'Mimeo 10.0.0.2' }), facts, 'own-probe', true],
  ['an INFORM', discover({ message: MESSAGE.inform }), facts, 'other-step', true],
  ['a DISCOVER on 4011', discover(), onPxe, 'other-step', true],
];
for (const [what, packet, given, reason, quiet] of ignored) {
  test(`not answered: ${what}`, () => {
    const decision = decide(packet, given);
    assert.equal(decision.kind, 'ignore');
    assert.deepEqual([decision.reason, decision.quiet], [reason, quiet]);
    assert.notEqual(decision.words, '');
  });
}

test('overheard: which address it takes from whom', () => {
  const more = [
    [OPTION.requestedAddress, Buffer.of(10, 0, 0, 51)],
    [OPTION.serverId, Buffer.of(10, 0, 0, 1)],
  ] as const;
  const decision = decide(discover({ message: MESSAGE.request, more }), facts);
  assert.equal(decision.kind, 'note');
  assert.equal(decision.words, 'takes the address 10.0.0.51 from the DHCP server 10.0.0.1');
});
