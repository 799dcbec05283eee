import assert from 'node:assert/strict';
import test from 'node:test';
import { banner, consoleLine } from './banner.ts';
import { defaultRouteCard } from './network-card.ts';
import { parseOptions } from './options.ts';

const facts = {
  version: '0.1.0',
  startedAt: 0,
  interface: 'eth0',
  address: '10.0.0.2',
  dhcpServers: () => [],
  indexKeys: [],
  httpBase: 'http://10.0.0.2:8080',
  bootFolder: '/b',
  claimCode: 'ABCD-EFGH',
  images: 1,
  manifestRows: 30,
  manifestProblems: 2,
};
const options = {
  data: '/d',
  interface: null,
  bootEnvironment: null,
  storeCopies: [],
  httpPort: 8080,
  kernelWords: '',
};

test('the console says where the server is, what it found and what to do next', () => {
  assert.equal(
    banner(facts, options, { servers: ['10.0.0.1'], warning: null }),
    `Mimeo 0.1.0 is ready on http://10.0.0.2:8080

  network card    eth0 (10.0.0.2)
  DHCP server     10.0.0.1 (left as it is; Mimeo answers beside it)
  share           /d/share (manifest.csv: 30 machines, 2 problems (mimeo manifest check))
  images          1
  one-time code   ABCD-EFGH

What to do next
  1. Put the machines into manifest.csv (mac,image,name,lab), or let them ask at their screens.
  2. Open a deployment:           mimeo deploy all --for 8h
  3. Switch the machines on and watch:  mimeo status --watch
  From another machine:           mimeo login http://10.0.0.2:8080 (with the one-time code)
  Ctrl-C stops the server.
`,
  );
});

test('one machine with one problem is said as people say it', () => {
  const text = banner({ ...facts, manifestRows: 1, manifestProblems: 1 }, options, null);
  assert.match(text, /manifest\.csv: 1 machine, 1 problem \(/);
});

test('no DHCP server and a rival boot server are said aloud', () => {
  const warning = '10.0.0.9 names the boot file pxelinux.0: hosts may follow it.';
  const text = banner({ ...facts, images: 0 }, options, { servers: [], warning });
  assert.match(text, /NONE ANSWERED/);
  assert.match(text, /! 10\.0\.0\.9 names the boot file/);
  assert.match(text, /mimeo capture HOST NAME/);
  assert.match(text, /mimeo image import PATH/);
});

test('packets that went well are no news on the console', () => {
  const event = { id: 1, at: 0, topic: 'host', host_id: null, task_id: null, words: 'w' } as const;
  assert.equal(consoleLine({ ...event, kind: 'netboot', level: 'info' }), null);
  assert.match(consoleLine({ ...event, kind: 'netboot', level: 'warning' }) ?? '', /! w$/);
});

test('the card of the default route', () => {
  const text =
    'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\neth1\t0000A8C0\t0\t1\t0\t0\t0\t00FFFFFF\neth0\t00000000\t0100A8C0\t3\t0\t0\t0\t00000000\n';
  assert.equal(defaultRouteCard(text), 'eth0');
  assert.equal(defaultRouteCard('Iface\n'), null);
});

test('options: defaults, values, and slips named', () => {
  const parsed = parseOptions(['--data', '/x', '--http-port', '80']);
  assert.deepEqual(parsed, { ...options, data: '/x', httpPort: 80 });
  assert.equal(parseOptions(['--help']), 'help');
  assert.throws(() => parseOptions(['--http-port', 'web']), /--http-port web is no port/);
  assert.throws(() => parseOptions(['--nonsense']), /nonsense/);
});
