import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { run } from '../../../src/command.ts';
import type { ByteRun } from '../../../src/image/index.ts';

/** LVM's own programs on files, without the kernel's device mapper: they only write what the group is made of. */
export interface LvmTools {
  /** The devices that show the files, in their order. */
  readonly devices: readonly string[];
  readonly lvm: (...argv: string[]) => Promise<string>;
  /** Where a logical volume lies in the first file, piece after piece. */
  readonly pieces: (name: string) => Promise<ByteRun[]>;
  /** LVM's own check of a copy of the first file. */
  readonly check: (file: string) => Promise<void>;
}

/** The group's name in all tests. */
export const GROUP = 'schule';
const EXTENT_BYTES = 4 * 1_048_576;

/** @param files are shown as loop devices until the test ends */
export async function lvmTools(t: TestContext, files: readonly string[]): Promise<LvmTools> {
  const devices: string[] = [];
  for (const file of files) {
    const device = await attach(file);
    t.after(() => run(['losetup', '--detach', device]));
    devices.push(device);
  }
  const folder = join(dirname(files[0] ?? ''), 'lvm');
  await mkdir(folder);
  const lvm = (...argv: string[]): Promise<string> => runLvm(folder, devices, argv);
  const pieces = async (name: string): Promise<ByteRun[]> => {
    const extentsAt = Number(
      await lvm('pvs', '--noheadings', '--nosuffix', '--units', 'b', '-o', 'pe_start', devices[0] ?? ''),
    );
    const ranges = await lvm(
      ...['lvs', '--noheadings', '-o', 'seg_pe_ranges', '--sort', 'seg_start', `${GROUP}/${name}`],
    );
    return [...ranges.matchAll(/:(\d+)-(\d+)/g)].map(([, first, last]) => ({
      start: extentsAt + Number(first) * EXTENT_BYTES,
      length: (Number(last) - Number(first) + 1) * EXTENT_BYTES,
    }));
  };
  const check = async (file: string): Promise<void> => {
    const device = await attach(file);
    try {
      await runLvm(folder, [device], ['pvck', device]);
      await runLvm(folder, [device], ['vgck', GROUP]);
    } finally {
      await run(['losetup', '--detach', device]);
    }
  };
  return { lvm, devices, pieces, check };
}

async function attach(file: string): Promise<string> {
  const { stdout } = await run(['losetup', '--find', '--show', file]);
  return stdout.toString().trim();
}

async function runLvm(folder: string, devices: readonly string[], argv: readonly string[]): Promise<string> {
  const [command = '', ...rest] = argv;
  const accept = devices.map((device) => `"a|^${device}$|"`).join(',');
  const config = [
    `devices{dir="${folder}" scan=["/dev"] filter=[${accept},"r|.*|"] use_devicesfile=0 sysfs_scan=0 obtain_device_list_from_udev=0}`,
    'activation{udev_sync=0 udev_rules=0 monitoring=0} backup{backup=0 archive=0}',
    `global{use_lvmpolld=0 event_activation=0 locking_dir="${folder}"}`,
  ];
  const options = ['--config', config.join(' '), '--driverloaded', 'n', '--quiet'];
  const { stdout } = await run(['lvm', command, ...options, ...rest], {
    env: { LVM_SUPPRESS_FD_WARNINGS: '1' },
  });
  return stdout.toString();
}

/** Copies a volume that was made in a file of its own into its place, or back out of it. */
export async function copyPieces(
  from: string,
  to: string,
  pieces: readonly ByteRun[],
  direction: 'in' | 'out',
): Promise<void> {
  let at = 0;
  for (const { start, length } of pieces) {
    const [skip, seek] = direction === 'in' ? [at, start] : [start, at];
    await run([
      'dd',
      `if=${from}`,
      `of=${to}`,
      'bs=1M',
      'iflag=skip_bytes,count_bytes',
      'oflag=seek_bytes',
      `skip=${skip}`,
      `seek=${seek}`,
      `count=${length}`,
      // Zeros are written inwards: something else may have been there.
      direction === 'in' ? 'conv=notrunc' : 'conv=notrunc,sparse',
      'status=none',
    ]);
    at += length;
  }
}
