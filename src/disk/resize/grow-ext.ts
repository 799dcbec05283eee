import { run } from '../../command.ts';
import { MimeoError } from '../../errors.ts';
import { type PartitionView, withPartition } from '../partition-view.ts';
import { lastLines } from './tool-words.ts';

/**
 * Grows ext2, ext3 or ext4 to the end of its partition. resize2fs demands a check right before it, and the check
 * mends what a run that was cut short left behind.
 *
 * @throws MimeoError `volume-damaged` when e2fsck cannot mend it, `command-failed` with the words of resize2fs
 */
export async function growExt(view: PartitionView, signal?: AbortSignal): Promise<void> {
  const options = signal === undefined ? {} : { signal };
  await withPartition(view, { readOnly: false }, async (device) => {
    await checkExt(device, `partition ${view.partition.number} of ${view.disk}`, 'mend', signal);
    await run(['resize2fs', device], options);
  });
}

/**
 * A full check of an ext filesystem on a device or in a plain file.
 *
 * @param mode `look` changes nothing
 * @throws MimeoError `volume-damaged` with the words of e2fsck
 */
export async function checkExt(
  path: string,
  name: string,
  mode: 'look' | 'mend',
  signal?: AbortSignal,
): Promise<void> {
  const { status, stdout, stderr } = await run(['e2fsck', '-f', mode === 'look' ? '-n' : '-y', path], {
    allowStatus: [0, 1, 2, 4, 8],
    ...(signal === undefined ? {} : { signal }),
  });
  // 1: everything was mended.
  if (status === 0 || (status === 1 && mode === 'mend')) return;
  const words = lastLines(`${stdout.toString()} ${stderr}`);
  throw new MimeoError('volume-damaged', `The Linux filesystem in ${name} is not in order: ${words}`, {
    next: 'Start the master once, let it check its filesystems, and capture it again.',
  });
}
