import { run } from '../../command.ts';
import { MimeoError } from '../../errors.ts';
import { type PartitionView, withPartition } from '../partition-view.ts';
import { lastLines } from './tool-words.ts';

/**
 * Grows an NTFS volume to the end of its partition, which was made larger by the fit; does nothing when
 * it fills it already. ntfsresize asks Windows for a chkdsk at its next start: what it did is checked here
 * and now instead, and the flag is cleared.
 *
 * @throws MimeoError `command-failed` with the words of ntfsresize or ntfsfix
 */
export async function growNtfs(view: PartitionView, signal?: AbortSignal): Promise<void> {
  const options = signal === undefined ? {} : { signal };
  await withPartition(view, { readOnly: false }, async (device) => {
    // Twice: a run that was cut short left the flag that one --force does not pass over.
    await run(['ntfsresize', '--force', '--force', '--no-progress-bar', device], options);
    await run(['ntfsfix', '--clear-dirty', device], options);
  });
  await checkNtfs(view, signal);
}

/**
 * Whether ntfs-3g finds nothing to mend in a partition: MFT and its mirror, both boot sectors. Reads only.
 * @throws MimeoError `volume-damaged` with its words
 */
export function checkNtfs(view: PartitionView, signal?: AbortSignal): Promise<void> {
  const name = `partition ${view.partition.number} of ${view.disk}`;
  return withPartition(view, { readOnly: true }, (device) => checkNtfsAt(device, name, signal));
}

/** As {@link checkNtfs}, of a device or a plain file with the volume alone. @param name for messages */
export async function checkNtfsAt(path: string, name: string, signal?: AbortSignal): Promise<void> {
  const { status, stdout, stderr } = await run(['ntfsfix', '--no-action', path], {
    allowStatus: [0, 1],
    ...(signal === undefined ? {} : { signal }),
  });
  if (status === 0) return;
  const words = lastLines(`${stdout.toString()} ${stderr}`);
  throw new MimeoError('volume-damaged', `The NTFS volume in ${name} is not in order: ${words}`);
}
