import { volumeLabel } from '../volume-label.ts';
import { ATTRIBUTE } from './mft-record.ts';
import { type NtfsVolume, RECORD } from './ntfs-volume.ts';

/** The volume's name, '' when it has none. */
export async function ntfsLabel(volume: NtfsVolume): Promise<string> {
  const name = await volume.value(RECORD.volume, ATTRIBUTE.volumeName, '');
  return volumeLabel(name?.resident?.toString('utf16le') ?? '');
}
