import type { HostRow, TaskRow } from '../db/index.ts';
import { imageNameKey } from '../image/index.ts';
import type { DamagedImage, ImageSummary } from '../store/index.ts';
import { imageMeant } from './image-reference.ts';

/** A line of the manifest that means a version of an image. */
export interface AssignedHost {
  readonly host: string;
  /** As the manifest says it: `win-xp`, `win-xp@3`. */
  readonly reference: string;
  /** What the same words mean when the version is gone; null when they mean nothing any more. */
  readonly afterwards: string | null;
}

/** Who relies on some versions of an image. */
export interface ImageUses {
  readonly assigned: readonly AssignedHost[];
  /** Open tasks that read one of them. */
  readonly tasks: readonly { readonly id: string; readonly host: string }[];
  readonly labels: readonly string[];
}

export interface UsesRequest {
  /** The versions in question, as members of `images`. */
  readonly gone: readonly ImageSummary[];
  /** More of them, which cannot be read. */
  readonly lost: readonly DamagedImage[];
  readonly images: readonly ImageSummary[];
  readonly hosts: readonly HostRow[];
  readonly open: readonly TaskRow[];
}

export function imageUses({ gone, lost, images, hosts, open }: UsesRequest): ImageUses {
  const left = images.filter((image) => !gone.includes(image));
  const assigned = hosts.flatMap(({ name, known, image: reference }): AssignedHost[] => {
    if (known !== 1 || name === null || reference === null) return [];
    const means = meantOrNull(reference, images);
    if (means === null || !gone.includes(means)) return [];
    const after = meantOrNull(reference, left);
    return [{ host: name, reference, afterwards: after === null ? null : `${after.name}@${after.version}` }];
  });
  const tasks = open
    .filter((task) => [...gone, ...lost].some((one) => isOf(task, one)))
    .map((task) => ({ id: task.id, host: task.host_name }));
  return { assigned, tasks, labels: gone.flatMap(({ labels }) => labels) };
}

function isOf(task: TaskRow, { name, version }: DamagedImage | ImageSummary): boolean {
  return task.version === version && imageNameKey(task.image) === imageNameKey(name);
}

function meantOrNull(reference: string, images: readonly ImageSummary[]): ImageSummary | null {
  try {
    return imageMeant(reference, images);
  } catch {
    // The manifest's own check tells of a reference that means nothing.
    return null;
  }
}
