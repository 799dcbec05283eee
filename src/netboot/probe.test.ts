import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { run } from '../command.ts';

/**
 * Real servers in a network namespace of their own: dnsmasq as the site's DHCP server on one end of a cable,
 * the probe on the other, and our own ProxyDhcp beside the probe.
 */
const hasTools = ['ip', 'dnsmasq'].every((tool) => spawnSync(tool, ['--version']).error === undefined);
const skip =
  process.getuid?.() !== 0
    ? 'needs root for a network namespace'
    : hasTools
      ? false
      : 'needs iproute2 and dnsmasq';

const PROBE = `
import { networkInterfaces } from 'node:os';
import { findDhcpServers, ProxyDhcp } from '${new URL('./index.ts', import.meta.url).href}';
import { systemClock } from '${new URL('../clock.ts', import.meta.url).href}';
// A cable that was just plugged in takes a moment to carry.
const isUp = () => Object.values(networkInterfaces()).flat().some((card) => card.address === '10.78.0.2');
while (!isUp()) await systemClock.delay(5);
const events = [];
const proxy = new ProxyDhcp({
  interfaces: [{ address: '10.78.0.2', netmask: '255.255.255.0', httpBase: 'http://10.78.0.2' }],
  programs: { bios: 'undionly.kpxe' },
  clock: systemClock,
  onEvent: (event) => events.push(event),
});
await proxy.start(new AbortController().signal);
const found = await findDhcpServers({ address: '10.78.0.2', timeoutMs: Number(process.argv[1]), settleMs: 300, ignore: process.argv.slice(2) });
const { counts } = proxy;
await proxy.stop();
console.log(JSON.stringify({ found, events, answered: counts.answered }));
`;

interface Report {
  readonly found: { address: string; offers: string | null; bootFile: string | null }[];
  readonly events: unknown[];
  readonly answered: number;
}

/** Two namespaces and a cable; gives back what the probe printed. */
async function probeBeside(
  dnsmasq: readonly string[] | null,
  timeoutMs: number,
  ignore = '10.78.0.2',
): Promise<Report> {
  const id = `mimeo-probe-${process.pid}`;
  const [site, ours] = [`${id}-s`, `${id}-o`];
  const inSite = ['ip', 'netns', 'exec', site];
  try {
    for (const name of [site, ours]) await run(['ip', 'netns', 'add', name]);
    const peer = ['type', 'veth', 'peer', 'name', 'eth0', 'netns', site];
    await run(['ip', '-n', ours, 'link', 'add', 'eth0', ...peer]);
    for (const [name, address] of [
      [site, '10.78.0.1/24'],
      [ours, '10.78.0.2/24'],
    ] as const) {
      await run(['ip', '-n', name, 'address', 'add', address, 'brd', '+', 'dev', 'eth0']);
      await run(['ip', '-n', name, 'link', 'set', 'eth0', 'up']);
    }
    // It goes to the background by itself when it is ready.
    const common = ['--conf-file=/dev/null', '--port=0', '--no-ping', '--leasefile-ro', '--pid-file='];
    if (dnsmasq) await run([...inSite, 'dnsmasq', ...common, ...dnsmasq]);
    const node = [process.execPath, '--input-type=module', '-e', PROBE, String(timeoutMs), ignore];
    const { stdout } = await run(['ip', 'netns', 'exec', ours, ...node]);
    return JSON.parse(stdout.toString());
  } finally {
    const pids = spawnSync('ip', ['netns', 'pids', site]).stdout.toString().split('\n').filter(Boolean);
    for (const pid of pids) process.kill(Number(pid), 'SIGKILL');
    for (const name of [site, ours]) spawnSync('ip', ['netns', 'del', name]);
  }
}

test("the site's DHCP server is found, and our own listener is not disturbed", { skip }, async () => {
  const report = await probeBeside(['--dhcp-range=10.78.0.100,10.78.0.200'], 8000);
  assert.equal(report.found.length, 1);
  assert.equal(report.found[0]?.address, '10.78.0.1');
  assert.match(report.found[0]?.offers ?? '', /^10\.78\.0\.1\d\d$/);
  assert.equal(report.found[0]?.bootFile, null);
  assert.deepEqual([report.events, report.answered], [[], 0]);
});

test('a DHCP server that names a boot file of its own is told apart', { skip }, async () => {
  const { found } = await probeBeside(['--dhcp-range=10.78.0.100,10.78.0.200', '--dhcp-boot=fog.0'], 8000);
  assert.equal(found[0]?.bootFile, 'fog.0');
});

test('another boot server beside the DHCP server is found, too', { skip }, async () => {
  const other = ['--dhcp-range=10.78.0.0,proxy', '--pxe-service=x86PC,Other,other'];
  const { found } = await probeBeside(other, 8000);
  assert.deepEqual(
    found.map(({ address, offers }) => ({ address, offers })),
    [{ address: '10.78.0.1', offers: null }],
  );
});

test('nobody there: an empty list when the time is over', { skip }, async () => {
  assert.deepEqual((await probeBeside(null, 400)).found, []);
});

test('a server that is to be ignored is', { skip }, async () => {
  const { found } = await probeBeside(['--dhcp-range=10.78.0.100,10.78.0.200'], 400, '10.78.0.1');
  assert.deepEqual(found, []);
});
