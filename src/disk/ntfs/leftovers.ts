import type { ByteRun } from '../../image/index.ts';
import { ATTRIBUTE } from './mft-record.ts';
import type { NtfsVolume } from './ntfs-volume.ts';
import { rootFiles } from './root-files.ts';

/** Files whose content Windows makes anew at each start; the files themselves stay. */
const LEFTOVERS = ['PAGEFILE.SYS', 'HIBERFIL.SYS', 'SWAPFILE.SYS'];

/** Where the contents of those files lie: bytes that need not be stored. */
export async function leftoverRuns(volume: NtfsVolume): Promise<ByteRun[]> {
  const files = await rootFiles(volume);
  let runs: ByteRun[] = [];
  for (const name of LEFTOVERS) {
    const record = files.get(name);
    const data = record === undefined ? null : await volume.value(record, ATTRIBUTE.data, '');
    // Zeros are no valid content of a compressed or encrypted value.
    if (data !== null && data.resident === null && data.flags === 0) runs = runs.concat(volume.places(data));
  }
  return runs;
}
