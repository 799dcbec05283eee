import { run } from '../../command.ts';
import { MimeoError } from '../../errors.ts';
import { lastLines } from './tool-words.ts';

const MIB = 1_048_576;

/** A filesystem that can be made smaller. */
export type Shrinkable = 'ntfs' | 'ext';

/**
 * The smallest partition into which a filesystem could be shrunk, in whole MiB. Only looks.
 *
 * @param path a device or plain file with the filesystem alone
 * @throws MimeoError `command-failed` with the words of the tool when the filesystem is not in order
 */
export async function minimumPartitionBytes(
  path: string,
  filesystem: Shrinkable,
  signal?: AbortSignal,
): Promise<number> {
  const least = filesystem === 'ntfs' ? await leastNtfs(path, signal) : await leastExt(path, signal);
  return Math.ceil(least / MIB) * MIB;
}

/** ntfsresize says where the last cluster that cannot move would have to be; the copy of the boot sector comes behind. */
async function leastNtfs(path: string, signal?: AbortSignal): Promise<number> {
  const argv = ['ntfsresize', '--info', '--force', '--force', '--no-progress-bar', path];
  const { status, stdout, stderr } = await run(argv, { allowStatus: [0, 1], ...withSignal(signal) });
  const words = `${stdout.toString()}\n${stderr}`;
  const [, might] = /You might resize at (\d+) bytes/.exec(words) ?? [];
  if (might !== undefined) return Number(might) + 65_536;
  const [, whole] = /Current device size: (\d+) bytes/.exec(words) ?? [];
  if (/volume is full/i.test(words) && whole !== undefined) return Number(whole);
  throw unclear('ntfsresize', status, words);
}

async function leastExt(path: string, signal?: AbortSignal): Promise<number> {
  const { stdout: head } = await run(['dumpe2fs', '-h', path], withSignal(signal));
  const [, block] = /^Block size:\s+(\d+)$/m.exec(head.toString()) ?? [];
  const { status, stdout, stderr } = await run(['resize2fs', '-P', path], withSignal(signal));
  const [, blocks] = /minimum size of the filesystem: (\d+)/.exec(stdout.toString()) ?? [];
  if (block === undefined || blocks === undefined) throw unclear('resize2fs', status, stdout + stderr);
  return Number(block) * Number(blocks);
}

function unclear(tool: string, status: number, words: string): MimeoError {
  const said = lastLines(words, 4);
  return new MimeoError('command-failed', `${tool} (exit status ${status}) told no smallest size: ${said}`);
}

export function withSignal(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
