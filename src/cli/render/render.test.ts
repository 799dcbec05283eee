import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { painter } from '../format/paint.ts';
import { NOW } from '../testing/run.ts';
import {
  failedTask,
  runningTask,
  sampleDeployment,
  sampleHost,
  sampleImage,
  samplePreview,
  sampleStatus,
  sampleStranger,
  sampleTask,
} from '../testing/samples.ts';
import { renderChanges, renderDeployment } from './deployment.ts';
import { renderEvent } from './events.ts';
import { renderHost, renderHosts } from './hosts.ts';
import { renderImage, renderImages } from './images.ts';
import { renderPreview } from './preview.ts';
import { progressOf } from './progress.ts';
import { renderStatus } from './status.ts';

const plain = painter(false);

/** Compares with the text as it stands in this file. */
function golden(lines: readonly string[], text: string): void {
  assert.equal(lines.join('\n'), text.replace(/^\n/, '').replace(/\n$/, ''));
}

test('the list of hosts', () => {
  golden(
    renderHosts([sampleHost, sampleStranger], NOW, plain),
    `
NAME       LAB    MAC                IMAGE   LAST IMAGED                 SEEN       STATE
PC-07      lab-3  00:16:3e:12:34:56  win-xp  win-xp@2, 2026-11-20 09:15  6 min ago  waiting to be switched on
(unknown)         00:16:3e:aa:bb:cc                                      never      asks at its screen         ! two hosts have its serial

2 hosts, 1 of them not known yet
`,
  );
});

test('one host with its history', () => {
  golden(
    renderHost(sampleHost, NOW, plain),
    `
PC-07
  state        waiting to be switched on
  lab          lab-3
  image        win-xp
  last imaged  win-xp@2, 2026-11-20 09:15
  open task    t-1
  MAC          00:16:3e:12:34:56, 00:16:3e:12:34:57
  machine      Dell Inc. OptiPlex 3020, BIOS, 4.0 GiB memory
  serial       11D5J1
  UUID         4c4c4544-0031-4410-8035-b2c04f4a4231
  disk         /dev/sda  500 GB  ST500DM002
  last seen    6 min ago
  id           h-1

2026-11-23 14:23:58  netboot  DHCP from a BIOS, answered
2026-11-23 14:24:00  netboot  ERROR asked for a file that is not there
`,
  );
});

test('a host that was never heard of gets advice', () => {
  assert.match(renderHost(sampleStranger, NOW, plain).join('\n'), /Nothing was ever heard of it.*\n.*cable/);
});

test('images', () => {
  golden(
    renderImages([sampleImage], plain),
    `
IMAGE     LABELS    CAPTURED             DISK     USED   STORED  ONLY HERE  TABLE  FILE SYSTEMS  NOTES
win-xp@3  approved  2026-11-22 10:00  80.0 GB  9.66 GB  4.29 GB    1.07 GB  MBR    ntfs          with Office
`,
  );
  golden(
    renderImage(sampleImage, plain),
    `
win-xp@3
  labels     approved
  captured   2026-11-22 10:00
  notes      with Office
  disk       80.0 GB, MBR
  used       9.66 GB
  stored     4.29 GB in 9216 chunks
  only here  1.07 GB that no other version has

PARTITION  FILE SYSTEM  LABEL      SIZE     USED
        1  ntfs         System  80.0 GB  9.66 GB
`,
  );
});

test('a preview of nothing says so', () => {
  assert.deepEqual(
    renderPreview({ ...samplePreview, machines: [], refused: [], manifestProblems: 0 }, plain),
    ['No machine fits what was asked for.'],
  );
});

test('what will be written, and what cannot be', () => {
  const refused = [
    {
      target: 'PC-99',
      code: 'host-missing',
      message: 'There is no such host.',
      next: 'See `mimeo host list`.',
    },
  ];
  golden(
    renderPreview({ ...samplePreview, refused }, plain),
    `
MACHINE  MAC                LAB    IMAGE     DISK                           TO FETCH
PC-07    00:16:3e:12:34:56  lab-3  win-xp@3  /dev/sda ST500DM002, 500.1 GB  about 334 MB (has win-xp@2)
    partition 2 grows from 80.0 GB to 499.0 GB
PC-08    00:16:3e:12:34:58  lab-3  win-xp@3  not seen yet                   up to 4.29 GB
cannot be done: PC-99: There is no such host.
    → See \`mimeo host list\`.

2 machines. Everything on these disks is lost.
`,
  );
});

test('the status, with a deployment machine by machine', () => {
  const deployments = [sampleDeployment([runningTask, failedTask, sampleTask({ id: 't-3' })])];
  golden(
    renderStatus({ status: sampleStatus, deployments }, NOW, plain),
    `
Mimeo 0.1.0
  serves         eth0, 192.168.1.10
  DHCP server    192.168.1.1
  running since  2026-11-23 08:00
  hosts          30
  images         2
  manifest       /var/lib/mimeo/share/manifest.csv: 29 hosts, read just now
/var/lib/mimeo/share/manifest.csv:4:1: "00:16:3e:12:34" is no MAC address.
    → Write six pairs of hex digits.

deploy 7 (by root, 2026-11-23 14:00, open until 2026-11-23 22:00): 0 of 3 done
  HOST   STATUS   PHASE    DONE      SPEED  FETCHED  LEFT   TASK
  PC-07  running  writing  43 %  11.4 MB/s    300 B  6 min  t-1
  PC-08  FAILED                                             t-2   The disk has 20 GB and the image needs 40 GB.
    → Choose a larger disk.
  PC-07  waiting                                            t-3   waiting to be switched on
`,
  );
});

test('a manifest full of problems leaves room for the rest of the status', () => {
  const { manifest } = sampleStatus;
  const problems = Array.from({ length: 500 }, () => manifest.problems).flat();
  const status = { ...sampleStatus, manifest: { ...manifest, problems } };
  const lines = renderStatus({ status, deployments: [] }, NOW, plain);
  assert.ok(lines.length < 20);
  assert.ok(lines.includes('… and 497 more in the manifest: mimeo manifest check'));
});

test('without a terminal, a line for each change and none for standing still', () => {
  const first = progressOf(sampleDeployment([sampleTask(), failedTask]));
  assert.deepEqual(renderChanges(null, first), [
    'PC-07: waiting: waiting to be switched on',
    'PC-08: FAILED: The disk has 20 GB and the image needs 40 GB. → Choose a larger disk.',
  ]);
  const second = progressOf(sampleDeployment([runningTask, failedTask]));
  assert.deepEqual(renderChanges(first, second), ['PC-07: running: writing 43 %']);
  assert.deepEqual(renderChanges(second, second), []);
});

test('colours add nothing that the words do not say', () => {
  const deployment = sampleDeployment([runningTask, failedTask]);
  const painted = renderDeployment(deployment, painter(true)).join('\n');
  assert.notEqual(painted, renderDeployment(deployment, plain).join('\n'));
  assert.equal(stripVTControlCharacters(painted), renderDeployment(deployment, plain).join('\n'));
});

test('an event is a line of a log', () => {
  const event = {
    id: 5,
    at: '2026-11-23T14:24:00Z',
    topic: 'task',
    level: 'warning',
    words: 'is silent',
  } as const;
  const line = renderEvent({ ...event, hostId: null, taskId: null }, plain);
  assert.equal(line, '2026-11-23 14:24:00  task        WARNING is silent');
});

test('an order with limits says them', () => {
  const [heading = ''] = renderDeployment(
    sampleDeployment([sampleTask()], { limit: 5_000_000, hostLimit: 1_250_000 }),
    plain,
  );
  assert.match(heading, /, the server sends at most 5\.00 MB\/s, each machine takes at most 1\.25 MB\/s\): /);
});
