import { chooseDisk, isInternal, releaseDisk } from '../../disk/index.ts';
import { encodeIndex } from '../../image/index.ts';
import type { CaptureOrder } from '../../protocol/index.ts';
import { captureDisk } from '../../transfer/index.ts';
import { serverChunkSink } from '../server-link/chunk-ports.ts';
import type { TaskContext, TaskResult } from './task-context.ts';

/** Makes an image of this host's disk, which is only read. The index goes last: until then there is no image. */
export async function capture(order: CaptureOrder, context: TaskContext): Promise<TaskResult> {
  const { link, signal, log } = context;
  context.step('preparing');
  const present = await context.listDisks();
  const disk = chooseDisk(present, order.disk ?? {});
  const others = order.allDisks ? present.filter((one) => isInternal(one) && one.device !== disk.device) : [];
  for (const { device, model, sizeBytes } of [disk, ...others]) {
    log(`image ${order.image.name} is made of ${device} (${model}, ${sizeBytes} bytes)`);
    for (const words of await releaseDisk(device)) log(words);
  }
  const { index, warnings } = await captureDisk({
    disk: disk.device,
    otherDisks: others.map(({ device }) => device),
    name: order.image.name,
    notes: order.notes,
    sink: serverChunkSink(link, order.taskId),
    onProgress: context.progress,
    signal,
    createdAt: context.now(),
  });
  signal.throwIfAborted();
  context.step('finishing');
  await link.putIndex(order.taskId, encodeIndex(index), signal);
  const devices = [disk, ...others].map(({ device }) => device).join(' and ');
  return {
    words: `${devices} ${others.length === 0 ? 'is' : 'are'} kept as image ${order.image.name}`,
    warnings,
  };
}
