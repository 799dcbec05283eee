import { lstat, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { MimeoError } from '../../errors.ts';
import { damaged } from '../damage.ts';
import { readRange, readRangeUpTo } from '../read-range.ts';
import { isVmdkDescriptor } from './virtual-format.ts';
import { parseVmdkDescriptor, type VmdkExtent } from './vmdk-descriptor.ts';
import { checkSparseExtent } from './vmdk-sparse.ts';

/** qemu reads no longer descriptor. */
const DESCRIPTOR_BYTES = 1_048_576;
const SECTOR = 512;
const CONTENT_TYPES = ['FLAT', 'SPARSE', 'VMFS'];

/**
 * Looks whether a VMDK can be read, and that it leads nowhere else: its parts must be plain files named .vmdk in
 * its own folder. A descriptor comes from a stranger, and qemu would open whatever file or server it names.
 *
 * @returns the files that it consists of, itself first
 * @throws MimeoError `import-damaged`, `import-unsupported`
 */
export async function checkVmdk(path: string): Promise<string[]> {
  const head = await readRangeUpTo(path, 0, 4096);
  if (!isVmdkDescriptor(head)) {
    const embedded = await checkSparseExtent(path);
    if (embedded !== null) refuseParent(path, parseVmdkDescriptor(embedded).hasParent);
    return [path];
  }
  const { extents, hasParent } = parseVmdkDescriptor(
    (await readRangeUpTo(path, 0, DESCRIPTOR_BYTES)).toString('utf8'),
  );
  refuseParent(path, hasParent);
  if (extents.length === 0) {
    throw damaged({ path, offset: 0, compressed: false }, 'the descriptor names no file with content');
  }
  const files = [path];
  for (const extent of extents) if (extent.type !== 'ZERO') files.push(await checkExtent(path, extent));
  return files;
}

async function checkExtent(descriptor: string, extent: VmdkExtent): Promise<string> {
  const { name, type } = extent;
  if (!CONTENT_TYPES.includes(type))
    throw unsupported(descriptor, `has a part of the type ${type} (${name})`);
  if (!isPlainName(name)) {
    throw unsupported(
      descriptor,
      `says that a part of it is "${name}". Only files named .vmdk in its own folder are followed`,
    );
  }
  const file = join(dirname(descriptor), name);
  const found = await lstat(file).catch(() => null);
  if (found === null) {
    throw damaged({ path: descriptor, offset: 0, compressed: false }, `its part ${name} is not beside it`);
  }
  if (!found.isFile()) {
    throw unsupported(descriptor, `says that a part of it is "${name}", which is no plain file`);
  }
  if (type === 'SPARSE') await checkSparseExtent(file);
  else await checkFlat(file, extent);
  return file;
}

/** One that qemu and we read alike: no folder, no server, nothing that is no UTF-8. */
function isPlainName(name: string): boolean {
  return /^[^./\\:\0\t\ufffd][^/\\:\0\t\ufffd]*\.vmdk$/i.test(name);
}

async function checkFlat(path: string, { sectors, offset }: VmdkExtent): Promise<void> {
  const { size } = await stat(path);
  const end = (sectors + offset) * SECTOR;
  if (end > size) {
    throw damaged({ path, offset: size, compressed: false }, `it ends there, and should have ${end} bytes`);
  }
  await readRange(path, Math.max(0, end - 1), 1, 'the disk');
}

function refuseParent(path: string, hasParent: boolean): void {
  if (hasParent)
    throw unsupported(path, "is a snapshot's delta: it holds only what changed since its parent disk");
}

function unsupported(path: string, words: string): MimeoError {
  return new MimeoError('import-unsupported', `${path} ${words}.`, {
    next: 'Export the machine as OVF or OVA there, or clone the disk into one file (vmware-vdiskmanager, vmkfstools -i).',
  });
}
