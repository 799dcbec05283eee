import { rm, truncate, writeFile } from 'node:fs/promises';
import { runNow } from '../../lab/network/holdings.ts';
import type { Holdings } from '../../lab/network/index.ts';
import { run } from '../../src/command.ts';
import type { PartitionView } from '../../src/disk/index.ts';

/**
 * A disk as both sides see it: whole for Mimeo, its partition for the peer. The loop devices do direct IO, so
 * that, as with a real disk, there is one cache above it, which goes when it is dropped.
 */
export class LoopTarget {
  readonly file: string;
  readonly whole: string;
  readonly part: string;

  private constructor(file: string, whole: string, part: string) {
    this.file = file;
    this.whole = whole;
    this.part = part;
  }

  static async attach(file: string, view: PartitionView, holdings: Holdings): Promise<LoopTarget> {
    const { startByte, lengthBytes } = view.partition;
    const range = ['--offset', String(startByte), '--sizelimit', String(lengthBytes)];
    return new LoopTarget(file, await loop(file, [], holdings), await loop(file, range, holdings));
  }

  /** An empty disk of this size, its space allocated, so that no side pays for that. */
  static async blank(file: string, bytes: number): Promise<void> {
    await rm(file, { force: true });
    await writeFile(file, '');
    await truncate(file, bytes);
    await run(['fallocate', '--length', String(bytes), file]);
  }

  /** Makes it an empty disk again. */
  async clear(bytes: number): Promise<void> {
    await run(['fallocate', '--punch-hole', '--offset', '0', '--length', String(bytes), this.file]);
    await run(['fallocate', '--length', String(bytes), this.file]);
    await this.forget();
  }

  /** What memory holds of it is dropped. */
  async forget(): Promise<void> {
    for (const device of [this.whole, this.part]) await run(['blockdev', '--flushbufs', device]);
  }
}

async function loop(file: string, range: readonly string[], holdings: Holdings): Promise<string> {
  const { stdout } = await run(['losetup', '--find', '--show', '--direct-io=on', ...range, file]);
  const device = stdout.toString().trim();
  holdings.hold(device, () => void runNow(['losetup', '--detach', device]));
  return device;
}
