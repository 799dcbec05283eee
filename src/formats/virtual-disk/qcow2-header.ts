import { MimeoError } from '../../errors.ts';
import { damaged } from '../damage.ts';
import { readRange } from '../read-range.ts';

/** What a qcow2 says of itself that decides whether and how it is read (qemu's docs/interop/qcow2), big-endian. */
export interface Qcow2Header {
  /** The name of the disk it is a difference to, as it stands in the file; null when it is whole by itself. */
  readonly backing: string | null;
  readonly snapshots: number;
}

const VERSION_3_BYTES = 104;
const EXTERNAL_DATA = 4n;
const CORRUPT = 2n;
/** qcow2 allows no longer name. */
const LONGEST_NAME = 1023;

/** @throws MimeoError `import-damaged`, `import-unsupported` when its content is elsewhere or encrypted */
export async function readQcow2Header(path: string): Promise<Qcow2Header> {
  const head = await readRange(path, 0, VERSION_3_BYTES, 'the qcow2 header');
  const version = head.readUInt32BE(4);
  if (version !== 2 && version !== 3)
    throw unsupported(path, `is a qcow of version ${version}; 2 and 3 are known`);
  if (head.readUInt32BE(32) !== 0) throw unsupported(path, 'is encrypted');
  const features = version === 3 ? head.readBigUInt64BE(72) : 0n;
  if ((features & EXTERNAL_DATA) !== 0n) {
    throw unsupported(path, 'keeps its data in another file, which is not followed');
  }
  if ((features & CORRUPT) !== 0n) {
    throw damaged({ path, offset: 72, compressed: false }, 'qemu has marked it as corrupt');
  }
  const nameAt = Number(head.readBigUInt64BE(8));
  const nameBytes = head.readUInt32BE(16);
  if (nameAt !== 0 && nameBytes > LONGEST_NAME) {
    throw damaged({ path, offset: 16, compressed: false }, `its base has a name of ${nameBytes} bytes`);
  }
  if (nameAt !== 0 && !Number.isSafeInteger(nameAt)) {
    throw damaged({ path, offset: 8, compressed: false }, `the name of its base lies past any file`);
  }
  const backing =
    nameAt === 0 ? null : (await readRange(path, nameAt, nameBytes, 'the name of its base')).toString('utf8');
  return { backing: backing === '' ? null : backing, snapshots: head.readUInt32BE(60) };
}

function unsupported(path: string, words: string): MimeoError {
  return new MimeoError('import-unsupported', `${path} ${words}.`, {
    next: 'Convert it with `qemu-img convert -O qcow2` on the machine it belongs to, and import the result.',
  });
}
