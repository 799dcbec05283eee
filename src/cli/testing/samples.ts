import type {
  DeploymentView,
  HostDetailView,
  ImageDetailView,
  Preview,
  StatusView,
  TaskView,
} from '../../api/index.ts';

// Texts show local times; the golden ones are of one place.
process.env['TZ'] = 'UTC';

export const sampleHost: HostDetailView = {
  id: 'h-1',
  name: 'PC-07',
  lab: 'lab-3',
  macs: ['00:16:3e:12:34:56', '00:16:3e:12:34:57'],
  image: 'win-xp',
  known: true,
  maker: 'Dell Inc.',
  model: 'OptiPlex 3020',
  firmware: 'bios',
  memoryBytes: 4 * 2 ** 30,
  disks: [{ device: '/dev/sda', sizeBytes: 500_107_862_016, model: 'ST500DM002' }],
  lastSeen: '2026-11-23T14:24:00Z',
  state: 'waiting to be switched on',
  taskId: 't-1',
  lastImaged: { image: 'win-xp', version: 2, at: '2026-11-20T09:15:00Z' },
  conflict: null,
  uuid: '4c4c4544-0031-4410-8035-b2c04f4a4231',
  serial: '11D5J1',
  timeline: [
    { at: '2026-11-23T14:23:58Z', kind: 'netboot', level: 'info', words: 'DHCP from a BIOS, answered' },
    {
      at: '2026-11-23T14:24:00Z',
      kind: 'netboot',
      level: 'error',
      words: 'asked for a file that is not there',
    },
  ],
};

export const sampleStranger: HostDetailView = {
  ...sampleHost,
  id: 'h-2',
  name: null,
  lab: null,
  macs: ['00:16:3e:aa:bb:cc'],
  image: null,
  known: false,
  lastSeen: null,
  state: 'asks at its screen',
  taskId: null,
  lastImaged: null,
  conflict: 'two hosts have its serial',
  timeline: [],
};

export const sampleImage: ImageDetailView = {
  name: 'win-xp',
  version: 3,
  createdAt: '2026-11-22T10:00:00Z',
  notes: 'with Office',
  labels: ['approved'],
  diskBytes: 80_026_361_856,
  diskSizes: [80_026_361_856],
  usedBytes: 9_663_676_416,
  storedBytes: 4_294_967_296,
  onlyBytes: 1_073_741_824,
  lostChunks: 0,
  table: 'mbr',
  filesystems: ['ntfs'],
  partitions: [
    {
      disk: 0,
      number: 1,
      filesystem: 'ntfs',
      label: 'System',
      startByte: 1_048_576,
      lengthBytes: 80_024_174_592,
      usedBytes: 9_663_676_416,
    },
  ],
  chunks: 9216,
};

export function sampleTask(change: Partial<TaskView> = {}): TaskView {
  return {
    id: 't-1',
    deploymentId: '7',
    kind: 'deploy',
    hostId: 'h-1',
    hostName: 'PC-07',
    image: 'win-xp',
    version: 3,
    status: 'waiting',
    progress: null,
    failure: null,
    warnings: [],
    words: 'waiting to be switched on',
    attempts: 0,
    createdAt: '2026-11-23T14:00:00Z',
    startedAt: null,
    endedAt: null,
    contactAt: null,
    ...change,
  };
}

export const runningTask = sampleTask({
  status: 'running',
  words: 'writing 43 %',
  progress: {
    phase: 'writing',
    doneBytes: 430,
    totalBytes: 1000,
    networkBytes: 300,
    reusedBytes: 0,
    bytesPerSecond: 11.4e6,
    secondsLeft: 372,
  },
});

export const failedTask = sampleTask({
  id: 't-2',
  hostId: 'h-3',
  hostName: 'PC-08',
  status: 'failed',
  words: 'failed',
  failure: {
    code: 'disk-too-small',
    message: 'The disk has 20 GB and the image needs 40 GB.',
    next: 'Choose a larger disk.',
    kind: 'permanent',
  },
});

export function sampleDeployment(
  tasks: readonly TaskView[],
  change: Partial<DeploymentView> = {},
): DeploymentView {
  const count = (...statuses: TaskView['status'][]): number =>
    tasks.filter((task) => statuses.includes(task.status)).length;
  const counts = {
    total: tasks.length,
    done: count('done'),
    failed: count('failed'),
    cancelled: count('cancelled'),
    running: count('running', 'booting', 'cancelling'),
    waiting: count('waiting'),
    lost: count('lost'),
  };
  return {
    id: '7',
    kind: 'deploy',
    orderedBy: 'root',
    createdAt: '2026-11-23T14:00:00Z',
    opensUntil: '2026-11-23T22:00:00Z',
    limit: null,
    hostLimit: null,
    open: counts.done + counts.failed + counts.cancelled < counts.total,
    words: `${counts.done} of ${counts.total} done`,
    counts,
    secondsLeft: null,
    tasks: [...tasks],
    ...change,
  };
}

export const samplePreview: Preview = {
  keep: [],
  manifestProblems: 0,
  machines: [
    {
      hostId: 'h-1',
      name: 'PC-07',
      lab: 'lab-3',
      mac: '00:16:3e:12:34:56',
      image: 'win-xp',
      version: 3,
      disk: '/dev/sda ST500DM002, 500.1 GB',
      plan: ['partition 2 grows from 80.0 GB to 499.0 GB'],
      fetch: { bytes: 334_000_000, from: 'win-xp@2' },
    },
    {
      hostId: 'h-3',
      name: 'PC-08',
      lab: 'lab-3',
      mac: '00:16:3e:12:34:58',
      image: 'win-xp',
      version: 3,
      disk: null,
      plan: [],
      fetch: { bytes: 4_294_967_296, from: null },
    },
  ],
  refused: [],
  digest: 'abc123',
};

export const sampleStatus: StatusView = {
  version: '0.1.0',
  startedAt: '2026-11-23T08:00:00Z',
  interface: 'eth0',
  address: '192.168.1.10',
  dhcpServers: ['192.168.1.1'],
  indexKeys: ['KEY'],
  hosts: 30,
  images: 2,
  manifest: {
    path: '/var/lib/mimeo/share/manifest.csv',
    rows: 29,
    readAt: '2026-11-23T14:29:40Z',
    problems: [
      {
        line: 4,
        column: 1,
        code: 'manifest-mac',
        message: '"00:16:3e:12:34" is no MAC address.',
        next: 'Write six pairs of hex digits.',
      },
    ],
  },
  openDeployments: 1,
};
