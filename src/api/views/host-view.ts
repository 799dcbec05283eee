import { inventoryOf } from '../../control/index.ts';
import type { HostRow, TaskRow } from '../../db/index.ts';
import type { HostView } from '../schemas/index.ts';
import { stateWords } from './task-view.ts';
import { isoOf } from './time.ts';

export function hostView(host: HostRow, task: TaskRow | null): HostView {
  const inventory = inventoryOf(host);
  const { last_image: image, last_version: version, last_imaged_at: at } = host;
  return {
    id: host.id,
    name: host.name,
    lab: host.lab,
    macs: [...host.macs],
    image: host.image,
    known: host.known === 1,
    maker: inventory?.manufacturer ?? null,
    model: inventory?.product ?? null,
    firmware: inventory?.firmware ?? null,
    memoryBytes: inventory?.memoryBytes ?? null,
    disks: (inventory?.disks ?? []).map(({ device, sizeBytes, model }) => ({ device, sizeBytes, model })),
    lastSeen: isoOf(host.last_seen),
    state: task === null ? (host.known === 1 ? 'nothing to do' : 'not known') : stateWords(task),
    taskId: task?.id ?? null,
    lastImaged:
      image !== null && version !== null && at !== null
        ? { image, version, at: new Date(at).toISOString() }
        : null,
    conflict: host.conflict,
  };
}
