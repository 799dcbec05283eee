import { MimeoError } from '../../errors.ts';
import { ATTRIBUTE, withoutFixups } from './mft-record.ts';
import { type NtfsVolume, RECORD } from './ntfs-volume.ts';
import { rootFiles } from './root-files.ts';

const DIRTY = 0x0001;
const LOG_PAGE = 4096;
const NO_CLIENT = 0xffff;
const LOG_IS_CLEAN = 0x0002;

/** Why an NTFS volume must not be captured as it is; null when it may. */
export type NtfsState = 'clean' | 'dirty' | 'unclean-log' | 'hibernated';

/** Looks at the dirty flag, the hibernation file and the journal; reads only. */
export async function ntfsState(volume: NtfsVolume): Promise<NtfsState> {
  if (await isHibernated(volume)) return 'hibernated';
  const information = await volume.value(RECORD.volume, ATTRIBUTE.volumeInformation, '');
  if (information?.resident == null || information.resident.length < 12) return 'dirty';
  if ((information.resident.readUInt16LE(10) & DIRTY) !== 0) return 'dirty';
  return (await isLogClean(volume)) ? 'clean' : 'unclean-log';
}

/**
 * @param name how the volume is called in the message
 * @throws MimeoError `volume-dirty`, `volume-hibernated`
 */
export async function refuseUncleanNtfs(volume: NtfsVolume, name: string): Promise<void> {
  const state = await ntfsState(volume);
  if (state === 'hibernated') {
    throw new MimeoError(
      'volume-hibernated',
      `Windows did not shut down on ${name}: it hibernated, or "fast startup" kept its state there.`,
    );
  }
  if (state === 'dirty') {
    throw new MimeoError('volume-dirty', `${name} is marked dirty: Windows wants to check it with chkdsk.`);
  }
  if (state === 'unclean-log') {
    throw new MimeoError(
      'volume-dirty',
      `${name} was not shut down cleanly: its journal holds unfinished work.`,
    );
  }
}

/** The hibernation file starts with `hibr` while a system sleeps in it; `wake` or zeros once it has resumed. */
async function isHibernated(volume: NtfsVolume): Promise<boolean> {
  const record = (await rootFiles(volume)).get('HIBERFIL.SYS');
  if (record === undefined) return false;
  const data = await volume.value(record, ATTRIBUTE.data, '');
  if (data === null || data.size < 4) return false;
  const magic = (await volume.readValue(data, 0, 4)).toString('latin1').toLowerCase();
  return magic === 'hibr';
}

/**
 * The journal is clean when it is empty (all ones) or its newer restart page says that no client uses it or
 * that the volume was unmounted.
 */
async function isLogClean(volume: NtfsVolume): Promise<boolean> {
  const data = await volume.value(RECORD.logFile, ATTRIBUTE.data, '');
  if (data === null || data.size < 2 * LOG_PAGE) return true;
  const pages = await volume.readValue(data, 0, 2 * LOG_PAGE);
  if (pages.every((byte) => byte === 0xff)) return true;
  // What chkdsk leaves behind until the next mount.
  if (pages.toString('latin1', 0, 4) === 'CHKD') return true;
  const restarts = [0, LOG_PAGE]
    .map((at) => withoutFixups(pages.subarray(at, at + LOG_PAGE), 'RSTR'))
    .filter((page) => page !== null)
    .map((page) => {
      const area = page.readUInt16LE(24);
      if (area + 16 > page.length) return { lsn: 0n, clean: false };
      const clean =
        page.readUInt16LE(area + 12) === NO_CLIENT || (page.readUInt16LE(area + 14) & LOG_IS_CLEAN) !== 0;
      return { lsn: page.readBigUInt64LE(area), clean };
    })
    .sort((a, b) => (a.lsn < b.lsn ? 1 : -1));
  return restarts[0]?.clean ?? false;
}
