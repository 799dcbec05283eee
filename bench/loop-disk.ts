import { runNow } from '../lab/network/holdings.ts';
import type { Holdings } from '../lab/network/index.ts';
import { run } from '../src/command.ts';

/** A raw file as a block device, which the agent treats as a real disk: claimed, flushed, read back past the cache. */
export class LoopDisk {
  readonly device: string;
  readonly #file: string;

  private constructor(device: string, file: string) {
    this.device = device;
    this.#file = file;
  }

  static async attach(file: string, holdings: Holdings): Promise<LoopDisk> {
    const { stdout } = await run(['losetup', '--find', '--show', file]);
    const device = stdout.toString().trim();
    holdings.hold(device, () => void runNow(['losetup', '--detach', device]));
    return new LoopDisk(device, file);
  }

  /** Makes it an empty disk again: holes all over, nothing in memory. */
  async blank(): Promise<void> {
    await run(['fallocate', '--punch-hole', '--offset', '0', '--length', await this.#length(), this.#file]);
    await run(['blockdev', '--flushbufs', this.device]);
  }

  async #length(): Promise<string> {
    return (await run(['blockdev', '--getsize64', this.device])).stdout.toString().trim();
  }
}
