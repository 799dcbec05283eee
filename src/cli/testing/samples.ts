import type {
  DeploymentView,
  HostDetailView,
  ImageDetailView,
  ImageDiffView,
  ImageUsesView,
  Preview,
  StatusView,
  StoreJobView,
  StoreStatusView,
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
  usedBytes: 9_663_676_416,
  storedBytes: 4_294_967_296,
  onlyBytes: 1_073_741_824,
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

const nothing = { chunks: 0, bytes: 0 };

export const sampleDiff: ImageDiffView = {
  first: 'win-xp@2',
  second: 'win-xp@3',
  layout: ['Partition 1 had 80 bytes, and has 90.'],
  regions: [
    {
      disk: 0,
      kind: 'gap',
      partition: 0,
      filesystems: ['raw', 'raw'],
      same: { chunks: 1, bytes: 1_048_064 },
      changed: nothing,
      onlyFirst: nothing,
      onlySecond: nothing,
      fetchBytes: 0,
    },
    {
      disk: 0,
      kind: 'partition',
      partition: 1,
      filesystems: ['fat', 'ntfs'],
      same: { chunks: 9000, bytes: 9_437_184_000 },
      changed: { chunks: 300, bytes: 314_572_800 },
      onlyFirst: nothing,
      onlySecond: { chunks: 20, bytes: 20_971_520 },
      fetchBytes: 334_000_000,
    },
  ],
  same: { chunks: 9001, bytes: 9_438_232_064 },
  changed: { chunks: 300, bytes: 314_572_800 },
  onlyFirst: nothing,
  onlySecond: { chunks: 20, bytes: 20_971_520 },
  fetchBytes: 334_000_000,
  revertBytes: 305_000_000,
};

const { partitions: _partitions, chunks: _chunks, ...version } = sampleImage;

export const sampleUses: ImageUsesView = {
  versions: [version],
  assigned: [
    { host: 'PC-07', reference: 'win-xp', afterwards: 'win-xp@2' },
    { host: 'PC-08', reference: 'win-xp@3', afterwards: null },
  ],
  tasks: [],
  labels: ['approved'],
};

export function sampleJob(change: Partial<StoreJobView> = {}): StoreJobView {
  return {
    id: 'j-1',
    kind: 'verify',
    image: 'win-xp@3',
    dryRun: false,
    by: 'admin',
    status: 'running',
    createdAt: '2026-11-23T14:00:00Z',
    startedAt: '2026-11-23T14:00:01Z',
    endedAt: null,
    progress: { chunks: 100, ofChunks: 9216, bytes: 52_000_000 },
    outcome: null,
    failure: null,
    ...change,
  };
}

export const badVerify = sampleJob({
  status: 'done',
  endedAt: '2026-11-23T14:05:00Z',
  outcome: {
    words: 'win-xp@3 is NOT whole: of 9216 chunks, 1 are damaged and 1 missing.',
    sound: false,
    chunks: 9216,
    bytes: 4_294_967_296,
    faults: [
      {
        chunk: '0123456789abcdef'.repeat(4),
        state: 'damaged',
        healed: false,
        places: [
          { image: 'win-xp', version: 3, disk: 0, partition: 1, offset: 104_857_600 },
          { image: 'win-xp', version: 3, disk: 1, partition: 0, offset: 0 },
        ],
      },
      { chunk: 'fedcba9876543210'.repeat(4), state: 'missing', healed: true, places: [] },
    ],
    damagedImages: [],
    garbage: null,
  },
});

export const sampleStore: StoreStatusView = {
  images: 1,
  versions: 3,
  chunks: 9216,
  bytes: 4_294_967_296,
  unsharedBytes: 12_000_000_000,
  quarantined: { chunks: 3, bytes: 3_000_000 },
  damaged: nothing,
  damagedImages: [],
  freeBytes: 500_000_000_000,
  scrubbedAt: '2026-11-20T03:00:00Z',
  jobs: [sampleJob()],
};
