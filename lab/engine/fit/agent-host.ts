import { runAgent } from '../../../src/agent/index.ts';
import type { DiskInfo } from '../../../src/disk/index.ts';
import type { DeployOrder, Report } from '../../../src/protocol/index.ts';
import type { ImagesStore } from './image-store.ts';
import { OneTaskServer } from './one-task-server.ts';

export interface DeployRun {
  readonly images: ImagesStore;
  readonly image: string;
  readonly disks: readonly DiskInfo[];
  readonly keep?: readonly string[];
  readonly grow?: 'auto' | 'none';
  readonly disk?: DeployOrder['disk'];
  readonly taskId?: string;
  /** Ends the agent, as a power cut would, when so many chunks have been sent. */
  readonly cutAfter?: number;
}

export interface RunEnd {
  /** The last report; undefined after a cut. */
  readonly end: Report | undefined;
  readonly log: readonly string[];
  readonly chunksSent: number;
}

/** One deploy by a real agent on plain files or loop devices, from order to report. */
export async function deployOnce(run: DeployRun): Promise<RunEnd> {
  const { images, image, disks, keep = [], grow = 'auto', disk = null, taskId = 't-1', cutAfter } = run;
  const cut = new AbortController();
  const log: string[] = [];
  const server = new OneTaskServer({
    images,
    order: {
      kind: 'deploy',
      taskId,
      attempt: 1,
      host: { name: 'PC', lab: null },
      image: { name: image, version: 1 },
      disk,
      keep: [...keep],
      grow,
      personalise: null,
      after: 'shutdown',
    },
    onChunk: (sent) => {
      if (sent === cutAfter) cut.abort(new Error('the power was cut'));
    },
  });
  const url = await server.start();
  const off = new AbortController();
  const down = (): Promise<void> => {
    off.abort(new Error('switched off'));
    return Promise.resolve();
  };
  try {
    await runAgent(
      {
        server: url,
        bootNonce: null,
        bootedNic: null,
        terminals: [],
        log: (line) => log.push(line),
        power: { reboot: down, shutdown: down },
        listDisks: () => Promise.resolve(disks),
        farewellMs: 0,
      },
      AbortSignal.any([cut.signal, off.signal]),
    );
  } finally {
    await server.stop();
  }
  const end = server.reports.findLast(({ kind }) => kind !== 'progress' && kind !== 'log');
  return { end, log, chunksSent: server.chunksSent };
}

/** A plain file or loop device in the place of a disk. */
export function asDisk(device: string, sizeBytes: number, more: Partial<DiskInfo> = {}): DiskInfo {
  return {
    device,
    sizeBytes,
    sectorBytes: 512,
    model: 'Lab disk',
    serial: `S-${device}`,
    transport: 'sata',
    removable: false,
    readOnly: false,
    ...more,
  };
}
