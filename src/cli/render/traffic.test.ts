import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SwarmView } from '../../api/index.ts';
import { painter } from '../format/paint.ts';
import { runningTask, sampleDeployment, sampleTask } from '../testing/samples.ts';
import { renderTraffic } from './traffic.ts';

const plain = painter(false);

test('who had how much from whom, with the names of the machines', () => {
  const deployment = sampleDeployment([runningTask, sampleTask({ hostId: 'h-2', hostName: 'PC-02' })]);
  const [one, two] = deployment.tasks;
  assert.ok(one && two);
  const host = { hostName: null, fromServer: 0, fromPeers: 0, sent: 0, rates: [] };
  const traffic: SwarmView = {
    ...{ serverBytes: 3e9, peerBytes: 9e9, sampleMs: 2000 },
    hosts: [
      { ...host, hostId: two.hostId, fromPeers: 9e9, rates: [5e6, 0] },
      { ...host, hostId: one.hostId, fromServer: 3e9, sent: 9e9, rates: [11.4e6] },
      { ...host, hostId: 'h-elsewhere', hostName: 'ZZ-01', sent: 1 },
    ],
    flows: [
      { from: null, to: one.hostId, bytes: 3e9, chunks: 3000 },
      { from: one.hostId, to: two.hostId, bytes: 9e9, chunks: 9000 },
    ],
    remarks: [{ hostId: two.hostId, words: 'it lies.' }],
  };
  const lines = renderTraffic(deployment, traffic, plain);
  const [first, second] = [one.hostName, two.hostName].toSorted();
  assert.match(lines[1] ?? '', new RegExp(`^${first} `));
  assert.match(lines[2] ?? '', new RegExp(`^${second} `));
  const line = (name: string): string => lines.find((text) => text.startsWith(name)) ?? '';
  assert.match(line(one.hostName), /11\.4 MB\/s +3\.00 GB +0 B +9\.00 GB +server 3\.00 GB$/);
  assert.match(line(two.hostName), new RegExp(` 0 B +9\\.00 GB +0 B +${one.hostName} 9\\.00 GB$`));
  assert.match(line('ZZ-01'), /1 B$/, 'one of another order');
  assert.equal(lines.at(-1), `! ${two.hostName}: it lies.`);
  assert.equal(lines.at(-2), '12.0 GB in all: 3.00 GB (25 %) from the server, 9.00 GB from neighbours.');
});

test('an order of which nothing was fetched yet', () => {
  const nothing = { serverBytes: 0, peerBytes: 0, sampleMs: 2000, hosts: [], flows: [], remarks: [] };
  assert.deepEqual(renderTraffic(sampleDeployment([]), nothing, plain), [
    'Nothing was fetched since the server was started.',
  ]);
});
