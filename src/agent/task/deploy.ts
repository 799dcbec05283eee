import {
  chooseDisk,
  fitLayout,
  fixBootSectors,
  growNtfs,
  placeFallbackLoader,
  registerBootEntry,
  releaseDisk,
} from '../../disk/index.ts';
import { decodeIndex, type ImageIndex, verifyIndex } from '../../image/index.ts';
import type { DeployOrder } from '../../protocol/index.ts';
import { deployDisk, finishDisk } from '../../transfer/index.ts';
import { sizeWords } from '../console/words.ts';
import { serverChunkSource } from '../server-link/chunk-ports.ts';
import { diskRuleOf } from './disk-rule.ts';
import { personaliseDisk } from './personalise-disk.ts';
import type { TaskContext, TaskResult } from './task-context.ts';

/**
 * Puts an image on this host's disk. The order of the steps is the house's: nothing is touched before everything is
 * known to fit, and what makes the disk start is written last. Every step may run twice.
 */
export async function deploy(order: DeployOrder, context: TaskContext): Promise<TaskResult> {
  const { link, signal, log } = context;
  context.step('preparing');
  const index = await fetchIndex(order, context);
  const target = chooseDisk(await context.listDisks(), diskRuleOf(order.disk));
  const { layout, growth } = fitLayout({ layout: index.layout, regions: index.regions, target });
  const disk = target.device;
  for (const words of await releaseDisk(disk)) log(words);
  log(
    `image ${index.name} version ${index.version} goes to ${disk} (${target.model}, ${target.sizeBytes} bytes)`,
  );

  const report = await deployDisk({
    disk,
    index,
    layout,
    source: serverChunkSource(link, order.taskId, signal),
    saveTable: (bytes) => link.putSavedTable(order.taskId, bytes, signal),
    onTouch: context.diskTouched,
    onProgress: context.progress,
    signal,
    verify: true,
  });
  log(
    `${report.writtenBytes} bytes written, ${report.reusedBytes} found on the disk, ${report.networkBytes} over the network`,
  );
  const warnings = [...damageWords(report.badChunks, report.rewrittenChunks)];

  const sectorBytes = layout.sectorBytes;
  signal.throwIfAborted();
  await fixBootSectors(disk, layout);
  if (growth !== null) {
    context.step('growing');
    log(
      `partition ${growth.partition.number} grows from ${growth.fromBytes} to ${growth.partition.lengthBytes} bytes`,
    );
    await growNtfs({ disk, sectorBytes, partition: growth.partition });
  }
  signal.throwIfAborted();
  if (order.personalise !== null) {
    context.step('personalising');
    warnings.push(...(await personaliseDisk({ disk, index, layout, order: order.personalise, log })));
  }

  // From here on nothing stops it: a disk with half a table would be worse than a moment's wait.
  signal.throwIfAborted();
  context.step('finishing');
  warnings.push(...(await placeFallbackLoader(disk, layout)));
  await finishDisk({ disk, layout });
  warnings.push(...(await registerBootEntry(disk, layout)));
  const size = sizeWords(report.writtenBytes + report.reusedBytes);
  return { words: `${order.host.name} has image ${index.name} version ${index.version} (${size})`, warnings };
}

async function fetchIndex(
  order: DeployOrder,
  { link, trustedKeys, signal }: TaskContext,
): Promise<ImageIndex> {
  const signed = await link.fetchIndex(order.taskId, signal);
  return decodeIndex(verifyIndex(signed, trustedKeys));
}

function damageWords(badChunks: number, rewrittenChunks: number): string[] {
  return [
    ...(badChunks === 0 ? [] : [`${badChunks} chunks came damaged from the server and were fetched again.`]),
    ...(rewrittenChunks === 0
      ? []
      : [
          `${rewrittenChunks} chunks read back wrong from the disk and were written again: it may be failing.`,
        ]),
  ];
}
