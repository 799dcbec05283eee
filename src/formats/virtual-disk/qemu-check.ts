import { stat } from 'node:fs/promises';
import { run } from '../../command.ts';
import { MimeoError } from '../../errors.ts';
import { damaged } from '../damage.ts';
import { programLines } from '../program-lines.ts';
import { type QemuDisk, qemuName } from './qemu-node.ts';

/** qemu-img check: whole, whole but for clusters nobody uses, and "this format has no check". */
const FINE = [0, 3, 63];
const QEMU_IMG_FAILED = 1;
const CORRUPT = 2;

/**
 * Has qemu look through the tables of a virtual disk, and looks that the content they lead to is in the file.
 *
 * @param single whether the whole disk lies in this one file
 * @returns how many bytes of the disk are not known to be zeros
 * @throws MimeoError `import-damaged` with qemu's words
 */
export async function checkWithQemu(disk: QemuDisk, single: boolean, signal: AbortSignal): Promise<number> {
  const { status, stderr, stdout } = await run(['qemu-img', 'check', qemuName(disk)], {
    allowStatus: [...FINE, QEMU_IMG_FAILED, CORRUPT],
    signal,
  });
  if (!FINE.includes(status)) {
    throw new MimeoError(
      'import-damaged',
      `${disk.path} cannot be read: ${said(disk, stderr, stdout.toString())}.`,
    );
  }
  return await checkPlaces(disk, single, signal);
}

async function checkPlaces(disk: QemuDisk, single: boolean, signal: AbortSignal): Promise<number> {
  const { size } = await stat(disk.path);
  let dataBytes = 0;
  const argv = ['qemu-img', 'map', '--output=json', qemuName(disk)];
  for await (const line of programLines(argv, signal)) {
    const { length, zero, depth, start, offset } = parseExtent(line);
    if (zero) continue;
    dataBytes += length;
    if (!single || depth !== 0 || offset === null || offset + length <= size) continue;
    throw damaged(
      { path: disk.path, offset: size, compressed: false },
      `it ends there, and the disk's bytes from ${start} on should follow until byte ${offset + length}`,
    );
  }
  return dataBytes;
}

interface MapExtent {
  readonly start: number;
  readonly length: number;
  readonly depth: number;
  readonly zero: boolean;
  readonly offset: number | null;
}

/** One line of `qemu-img map --output=json`. */
function parseExtent(line: string): MapExtent {
  const number = (key: string): number | null => {
    const digits = new RegExp(`"${key}": (\\d+)`).exec(line)?.[1];
    return digits === undefined ? null : Number(digits);
  };
  const [start, length, depth] = [number('start'), number('length'), number('depth')];
  if (start === null || length === null || depth === null) {
    throw new MimeoError('internal', `qemu-img map said "${line}".`);
  }
  return { start, length, depth, zero: line.includes('"zero": true'), offset: number('offset') };
}

/** The lines that name the fault, without the long name that we gave the disk. */
function said(disk: QemuDisk, ...outputs: string[]): string {
  const lines = outputs
    .join('\n')
    .replaceAll(qemuName(disk), disk.path)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const telling = lines.filter((line) => /^(qemu-img:|ERROR)/.test(line));
  return `qemu says "${(telling.length > 0 ? telling : lines).slice(0, 3).join(' | ').slice(0, 600)}"`;
}
