import type { ImageDiffView, ImageUsesView, StoreJobView, StoreStatusView } from '../../api/index.ts';
import { sampleImage } from './samples.ts';

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
  damaged: [],
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
    now: false,
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
    words: 'win-xp@3 is NOT whole: of 9216 chunks, 1 damaged, 1 missing.',
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
  brokenImages: [],
  freeBytes: 500_000_000_000,
  scrubbedAt: '2026-11-20T03:00:00Z',
  jobs: [sampleJob()],
};
