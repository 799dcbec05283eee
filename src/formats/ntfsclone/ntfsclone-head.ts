import { BinaryReader } from '../../binary.ts';
import { MimeoError } from '../../errors.ts';
import type { ByteStream } from '../codec/byte-stream.ts';
import { damaged } from '../damage.ts';

export const NTFSCLONE_MAGIC = '\0ntfsclone-image';
/** Before the field that says where the data begins, which the first versions did not have. */
const OLD_HEAD_BYTES = 46;
/** From this one on the numbers are little-endian on every machine, and the head says how long it is. */
const MAJOR = 10;
const LONGEST_HEAD = 65_536;
const LARGEST_CLUSTER = 2_097_152;

/** The head of ntfsclone's special image format, little-endian, packed. */
export interface NtfscloneHead {
  readonly version: string;
  readonly clusterBytes: number;
  /** Of the partition that was saved. */
  readonly deviceBytes: number;
  /** Whole clusters of the volume. */
  readonly clusters: number;
  /** Of them, those whose content follows. */
  readonly usedClusters: number;
  /** Whether what follows the last whole cluster is saved too: NTFS keeps a copy of its boot sector there. */
  readonly hasTail: boolean;
}

/**
 * Reads the head; the stream stands at the first command then.
 * @throws MimeoError `import-damaged`, `import-unsupported`
 */
export async function readNtfscloneHead(stream: ByteStream): Promise<NtfscloneHead> {
  const start = stream.position;
  const reader = new BinaryReader(Buffer.from(await stream.read(OLD_HEAD_BYTES, "ntfsclone's head")), 16);
  const [major, minor] = [reader.u8(), reader.u8()];
  if (major > MAJOR) {
    throw new MimeoError(
      'import-unsupported',
      `${stream.place().path} is of version ${major}.${minor} of ntfsclone's format, which is not known.`,
      { next: 'Restore it with its ntfsclone into a file (--restore-image --output FILE), and import that.' },
    );
  }
  const clusterBytes = reader.u32le();
  const [device, clusters, used] = [
    reader.buffer.readBigUInt64LE(22),
    reader.buffer.readBigUInt64LE(30),
    reader.buffer.readBigUInt64LE(38),
  ];
  const power =
    clusterBytes >= 256 && clusterBytes <= LARGEST_CLUSTER && (clusterBytes & (clusterBytes - 1)) === 0;
  const sane =
    power &&
    device < 2n ** 53n &&
    clusters > 0n &&
    clusters * BigInt(clusterBytes) <= device &&
    used <= clusters;
  if (!sane) {
    throw damaged(
      stream.place(start + 18),
      `the sizes there make no sense: ${clusters} clusters of ${clusterBytes} bytes, ${used} in use, on ${device} bytes`,
    );
  }
  if (major === MAJOR) await skipToData(stream, start);
  return {
    version: `${major}.${minor}`,
    clusterBytes,
    deviceBytes: Number(device),
    clusters: Number(clusters),
    usedClusters: Number(used),
    hasTail: major === MAJOR && minor > 0,
  };
}

async function skipToData(stream: ByteStream, start: number): Promise<void> {
  const at = (await stream.read(4, "ntfsclone's head")).readUInt32LE(0);
  const here = stream.position - start;
  if (at < here || at > LONGEST_HEAD) {
    throw damaged(stream.place(start + OLD_HEAD_BYTES), `the data cannot begin at byte ${at}`);
  }
  await stream.skip(at - here, "ntfsclone's head");
}
