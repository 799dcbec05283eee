import { realpath } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { MimeoError } from '../../errors.ts';
import type { Import, ImportOptions } from '../import.ts';
import { readRangeUpTo } from '../read-range.ts';
import { requireTool } from '../require-tool.ts';
import { checkVmdk } from './check-vmdk.ts';
import { readQcow2Header } from './qcow2-header.ts';
import { checkWithQemu } from './qemu-check.ts';
import type { QemuDisk } from './qemu-node.ts';
import { rawView } from './raw-view.ts';
import { checkVhd } from './vhd-footer.ts';
import { refuseVhdxParent } from './vhdx-parent.ts';
import { FORMAT_NAMES, type VirtualFormat, virtualFormatOf } from './virtual-format.ts';

/** A virtual disk that was looked at. */
interface Looked extends QemuDisk {
  /** Whether this file holds the whole content that is its own. */
  readonly single: boolean;
  readonly warnings: readonly string[];
}

/**
 * Opens a virtual disk. It is looked through first; no other file is opened than its own parts beside it, and the
 * bases that the technician named.
 *
 * @throws MimeoError `import-damaged`, `import-unsupported`, `import-tool-missing`, `import-no-room`
 */
export async function openVirtualDisk(
  path: string,
  format: VirtualFormat,
  options: ImportOptions,
): Promise<Import> {
  await requireTool('qemu-img', 'qemu-utils');
  const disk = await look(path, format, options.backing ?? []);
  const dataBytes = await checkWithQemu(disk, disk.single, options.signal);
  for (let base = disk.backing; base !== null; base = base.backing)
    await checkWithQemu(base, false, options.signal);
  const view = await rawView(disk, dataBytes, options);
  return {
    kind: 'disk',
    path: view.path,
    description: `${FORMAT_NAMES[format]} disk ${basename(path)}`,
    warnings: disk.warnings,
    [Symbol.asyncDispose]: () => view[Symbol.asyncDispose](),
  };
}

async function look(path: string, format: VirtualFormat, bases: readonly string[]): Promise<Looked> {
  const whole = { path: resolve(path), format, backing: null, single: true, warnings: [] };
  if (format === 'vmdk') return { ...whole, single: (await checkVmdk(path)).length === 1 };
  if (format === 'vpc') {
    const { type, diskBytes } = await checkVhd(path);
    // Of a fixed one everything before the footer is the disk.
    return { ...whole, format: type === 'fixed' ? 'raw' : 'vpc', sizeBytes: diskBytes };
  }
  if (format === 'vhdx') await refuseVhdxParent(path);
  if (format !== 'qcow2') return whole;
  const { backing, snapshots } = await readQcow2Header(path);
  const warnings =
    snapshots === 0
      ? []
      : [`${path} holds ${snapshots} snapshots; its present state is taken, the snapshots are not.`];
  return { ...whole, warnings, backing: backing === null ? null : await openBase(path, backing, bases) };
}

/** The base must be one of the files that the technician named, whatever the disk says. */
async function openBase(path: string, name: string, bases: readonly string[]): Promise<QemuDisk> {
  const wanted = resolve(dirname(path), name);
  const target = await realpath(wanted).catch(() => wanted);
  for (const [i, base] of bases.entries()) {
    if ((await realpath(base).catch(() => null)) !== target) continue;
    const found = virtualFormatOf(await readRangeUpTo(base, 0, 4096)) ?? 'raw';
    if (found === 'raw') return { path: target, format: 'raw', backing: null };
    // A base is not its own base.
    return await look(target, found, bases.toSpliced(i, 1));
  }
  throw new MimeoError(
    'import-unsupported',
    `${path} holds only what changed since its base, which it calls ${JSON.stringify(name)}. A base is only read when you name it.`,
    { next: `If you trust it, give --backing ${wanted} too; or merge the two with \`qemu-img convert\`.` },
  );
}
