import { MimeoError } from '../../errors.ts';
import type { ByteRun } from '../../image/index.ts';
import type { VolumeReader } from '../volume-reader.ts';
import { type NtfsBoot, parseNtfsBoot } from './boot-sector.ts';
import { ATTRIBUTE, attributesOf, type NtfsAttribute, type NtfsRun, withoutFixups } from './mft-record.ts';

const MFT = 0;
/** Records that every volume has at fixed numbers. */
export const RECORD = { logFile: 2, volume: 3, root: 5, bitmap: 6 } as const;
const MOST_LIST_BYTES = 262_144;

/** A value as a file's attribute holds it: resident bytes, or runs over the volume. */
export interface NtfsValue {
  readonly size: number;
  readonly flags: number;
  readonly resident: Buffer | null;
  readonly runs: readonly NtfsRun[];
}

/**
 * A reader for the few things we must know of an NTFS volume without mounting it. It never writes, follows
 * attribute lists, and takes nothing on trust that it read.
 */
export class NtfsVolume {
  readonly boot: NtfsBoot;
  readonly #read: VolumeReader;
  #mft: readonly NtfsRun[] = [];

  private constructor(boot: NtfsBoot, read: VolumeReader) {
    this.boot = boot;
    this.#read = read;
  }

  /** @throws MimeoError `volume-damaged` when the boot sector or the MFT's first record cannot be read */
  static async open(read: VolumeReader): Promise<NtfsVolume> {
    const volume = new NtfsVolume(parseNtfsBoot(await read(0, 512)), read);
    const { mftAt, recordBytes, clusterBytes } = volume.boot;
    volume.#mft = [{ lcn: mftAt / clusterBytes, clusters: Math.ceil(recordBytes / clusterBytes) }];
    // The part of its map that the first record holds leads to the records that hold the rest.
    const start = (await volume.#attributes(MFT)).find((attribute) => attribute.type === ATTRIBUTE.data);
    if (start !== undefined) volume.#mft = start.runs;
    const data = await volume.value(MFT, ATTRIBUTE.data, '');
    if (data === null || data.resident !== null) throw damaged('it has no MFT');
    volume.#mft = data.runs;
    return volume;
  }

  /** A file's attribute, gathered from all its records; null when the file has none of that kind. */
  async value(record: number, type: number, name: string): Promise<NtfsValue | null> {
    const own = await this.#attributes(record);
    const list = own.find((attribute) => attribute.type === ATTRIBUTE.list);
    const parts = list === undefined ? own : [...own, ...(await this.#extensions(list, record, type))];
    const wanted = parts
      .filter((attribute) => attribute.type === type && attribute.name === name)
      .sort((a, b) => a.lowestVcn - b.lowestVcn);
    const [first] = wanted;
    if (first === undefined) return null;
    let next = 0;
    for (const part of wanted) {
      if (part.lowestVcn !== next) throw damaged(`a part of file ${record} is missing`);
      next += part.runs.reduce((sum, run) => sum + run.clusters, 0);
    }
    return {
      size: first.size,
      flags: first.flags,
      resident: first.resident,
      runs: wanted.flatMap((part) => part.runs),
    };
  }

  /** Bytes of a value from `offset`; holes read as zeros, and it may be shorter at the value's end. */
  async readValue(value: NtfsValue, offset: number, length: number): Promise<Buffer> {
    const wanted = Math.max(0, Math.min(length, value.size - offset));
    if (value.resident !== null) return Buffer.from(value.resident.subarray(offset, offset + wanted));
    return this.#readRuns(value.runs, offset, wanted);
  }

  /** Where a value lies, as runs of bytes from the partition's start, in the value's order. */
  places(value: NtfsValue): ByteRun[] {
    const { clusterBytes } = this.boot;
    return value.runs.flatMap(({ lcn, clusters }) =>
      lcn === null ? [] : [{ start: lcn * clusterBytes, length: clusters * clusterBytes }],
    );
  }

  async #attributes(record: number): Promise<NtfsAttribute[]> {
    const { recordBytes } = this.boot;
    const bytes = await this.#readRuns(this.#mft, record * recordBytes, recordBytes);
    const fixed = withoutFixups(bytes, 'FILE');
    if (fixed === null) throw damaged(`file record ${record} cannot be read`);
    try {
      return attributesOf(fixed);
    } catch (error) {
      if (error instanceof RangeError) throw damaged(`file record ${record} makes no sense`);
      throw error;
    }
  }

  async #extensions(list: NtfsAttribute, base: number, type: number): Promise<NtfsAttribute[]> {
    const bytes = await this.readValue(list, 0, MOST_LIST_BYTES);
    const records = new Set<number>();
    for (let at = 0; at + 26 <= bytes.length; ) {
      const length = bytes.readUInt16LE(at + 4);
      if (length < 26) break;
      if (bytes.readUInt32LE(at) === type) records.add(bytes.readUIntLE(at + 16, 6));
      at += length;
    }
    records.delete(base);
    const found: NtfsAttribute[] = [];
    for (const record of records) found.push(...(await this.#attributes(record)));
    return found;
  }

  async #readRuns(runs: readonly NtfsRun[], offset: number, length: number): Promise<Buffer> {
    const { clusterBytes, totalSectors, sectorBytes } = this.boot;
    const result = Buffer.alloc(length);
    let at = 0;
    for (const { lcn, clusters } of runs) {
      const runBytes = clusters * clusterBytes;
      const from = Math.max(offset, at);
      const to = Math.min(offset + length, at + runBytes);
      if (from < to && lcn !== null) {
        const place = lcn * clusterBytes + (from - at);
        if (place < 0 || place + (to - from) > totalSectors * sectorBytes)
          throw damaged('a file lies outside the volume');
        (await this.#read(place, to - from)).copy(result, from - offset);
      }
      at += runBytes;
      if (at >= offset + length) return result;
    }
    if (length > 0) throw damaged('a file ends before it should');
    return result;
  }
}

function damaged(words: string): MimeoError {
  return new MimeoError('volume-damaged', `The NTFS volume is damaged: ${words}.`);
}
