import {
  assignDisks,
  type DiskInfo,
  decodeSavedTable,
  type FitPlan,
  planFit,
  readPresentTable,
} from '../../disk/index.ts';
import { allDisks, type DiskImage, type ImageIndex } from '../../image/index.ts';
import type { DeployOrder } from '../../protocol/index.ts';
import type { TaskContext } from './task-context.ts';

/** One disk of the image, the host's disk it goes to, and how. */
export interface PlannedDisk {
  readonly target: DiskInfo;
  /** Which disk of the image; 0 starts the machine. */
  readonly number: number;
  readonly image: DiskImage;
  readonly plan: FitPlan;
}

/**
 * Chooses a disk of this host for each disk of the image and plans where everything goes; nothing is written.
 * Partitions to keep are looked for on the disk that starts the machine, and on no other.
 *
 * @returns the disk that starts the machine first
 * @throws MimeoError with the reason why it cannot be done
 */
export async function planDisks(
  order: DeployOrder,
  index: ImageIndex,
  { link, listDisks, signal }: TaskContext,
): Promise<PlannedDisk[]> {
  const images = allDisks(index);
  const targets = assignDisks(images, await listDisks(), order.disk ?? {});
  const planned: PlannedDisk[] = [];
  for (const [i, image] of images.entries()) {
    const target = targets[i];
    if (target === undefined) continue;
    const keep = i === 0 ? order.keep : [];
    const present =
      keep.length === 0
        ? null
        : await readPresentTable(target.device, async () => {
            const bytes = await link.fetchSavedTable(order.taskId, diskKey(target), signal);
            return bytes === null ? null : decodeSavedTable(bytes);
          });
    planned.push({
      target,
      number: i,
      image,
      plan: planFit({ image, target, present, keep, grow: order.grow, name: index.name }),
    });
  }
  return planned;
}

/** Tells this host's disks apart for the server, also after a restart that gives them other nodes. */
export function diskKey({ serial, device }: Pick<DiskInfo, 'serial' | 'device'>): string {
  return (serial === '' ? device : serial).slice(0, 200);
}
