import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { run } from '../../src/command.ts';
import { labNeeds } from '../needs.ts';
import { SiteDhcp } from './dhcp.ts';
import { LabNetwork } from './lab-network.ts';
import { shapeCommand } from './shaping.ts';
import { mountsBelow, sweepDeadRuns } from './sweep.ts';

const skip = labNeeds('ip', 'dnsmasq');

async function namespacesOf(name: string): Promise<string[]> {
  const { stdout } = await run(['ip', 'netns', 'list']);
  return stdout
    .toString()
    .split('\n')
    .filter((line) => line.startsWith(name));
}

test('machines on the switch get addresses from the site and reach each other', { skip }, async (t) => {
  const network = await new LabNetwork({ portRate: '100mbit' }).open();
  t.after(() => network.close());
  const dhcp = await SiteDhcp.start(network);
  const pc = await network.plugIn('pc', { address: '10.77.0.50' });
  // Nothing listens on port 9 there: being refused is being answered.
  const knock = `require('net').connect(9, '${SiteDhcp.address}').on('error', (e) => console.log(e.code))`;
  const answer = await run([...pc.at, process.execPath, '-e', knock]);
  assert.equal(answer.stdout.toString().trim(), 'ECONNREFUSED');
  const { stdout } = await run(['tc', '-n', pc.namespace, 'qdisc', 'show', 'dev', pc.nic]);
  assert.match(stdout.toString(), /tbf.*rate 100Mbit burst 256Kb/);
  assert.deepEqual(await dhcp.leases(), []);
});

test('ports have speeds of their own, switches are joined by a link, isolated ones do not meet', {
  skip,
}, async (t) => {
  const network = await new LabNetwork({ portRate: '100mbit', congestion: 'cubic' }).open();
  t.after(() => network.close());
  await network.addSwitch('far', '50mbit');
  const server = await network.plugIn('server', { address: '10.77.0.2' });
  const slow = await network.plugIn('slow', { address: '10.77.0.21', rate: '10mbit', isolated: true });
  const far = await network.plugIn('far-pc', { address: '10.77.0.22', switch: 'far' });
  const shut = await network.plugIn('shut', { address: '10.77.0.23', isolated: true });
  const facts = async (argv: string[]): Promise<string> => (await run(argv)).stdout.toString();
  assert.match(await facts(['tc', '-n', slow.namespace, 'qdisc', 'show', 'dev', 'eth0']), /tbf.*rate 10Mbit/);
  const uplink = ['tc', '-n', `${network.name}-switch-far`, 'qdisc', 'show', 'dev', 'uplink'];
  assert.match(await facts(uplink), /tbf.*rate 50Mbit/);
  assert.match(await facts(['ip', '-n', far.namespace, 'route']), /congctl cubic/);
  const knock = (from: { at: readonly string[] }, to: string): Promise<string> => {
    const program = `require('net').connect({ port: 9, host: '${to}', timeout: 400 })
      .on('error', (e) => { console.log(e.code); process.exit() })
      .on('timeout', () => { console.log('silent'); process.exit() })`;
    return facts([...from.at, process.execPath, '-e', program]).then((said) => said.trim());
  };
  const answers = await Promise.all([
    knock(server, '10.77.0.22'),
    knock(slow, '10.77.0.2'),
    knock(slow, '10.77.0.22'),
    knock(shut, '10.77.0.21'),
  ]);
  assert.deepEqual(answers, ['ECONNREFUSED', 'ECONNREFUSED', 'ECONNREFUSED', 'silent']);
});

test('closing gives back every namespace and the folder', { skip }, async () => {
  const network = await new LabNetwork().open();
  await network.plugInHost('pc');
  assert.equal((await namespacesOf(network.name)).length, 2);
  network.close();
  assert.deepEqual(await namespacesOf(network.name), []);
  assert.equal(existsSync(network.folder), false);
});

for (const [how, code, signal] of [
  ['an exception', 'throw new Error("planted")', null],
  ['Ctrl-C', 'process.stdout.write("open\\n"); setInterval(() => {}, 1000)', 'SIGINT'],
  ['SIGKILL (by the next run)', 'process.stdout.write("open\\n"); setInterval(() => {}, 1000)', 'SIGKILL'],
] as const) {
  test(`a lab that ends by ${how} leaves nothing behind`, { skip }, async () => {
    const module = JSON.stringify(new URL('./lab-network.ts', import.meta.url).href);
    const program = `const { LabNetwork } = await import(${module});
      const network = await new LabNetwork().open();
      console.log(network.name);
      ${code};`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let said = '';
    child.stdout.on('data', (bytes: Buffer) => {
      said += bytes.toString();
      if (signal !== null && said.includes('open\n')) child.kill(signal);
    });
    await once(child, 'close');
    const name = said.split('\n')[0] ?? '';
    assert.match(name, /^mimeo-/);
    if (signal === 'SIGKILL') {
      assert.equal((await namespacesOf(name)).length, 1);
      sweepDeadRuns();
    }
    assert.deepEqual(await namespacesOf(name), []);
    assert.equal(existsSync(`/var/tmp/${name}`), false);
  });
}

test('shaping is a token bucket on what the interface sends', () => {
  assert.equal(
    shapeCommand('room', 'eth0', '1gbit').join(' '),
    'tc -n room qdisc replace dev eth0 root tbf rate 1gbit burst 256kb latency 60ms',
  );
});

test('mounts are found below a folder, the innermost first, blanks read right', () => {
  const mounts =
    '/dev/a /var/tmp/run/m ext4 rw 0 0\nb /var/tmp/run/m/a\\040b fuse rw 0 0\nc /var/tmp/runs fuse rw 0 0\n';
  assert.deepEqual(mountsBelow('/var/tmp/run', mounts), ['/var/tmp/run/m/a b', '/var/tmp/run/m']);
});
