import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../command.ts';
import { toMimeoError } from '../../errors.ts';
import { SUITE } from '../recipe/packages.ts';

/** apt's own way to fetch one file: it takes the proxies that apt takes. */
const HELPER = '/usr/lib/apt/apt-helper';
/** A mirror of which not one byte came in this time is taken as out of reach, in milliseconds. */
const PATIENCE_MS = 12_000;

/**
 * Why nothing can be fetched from a mirror at this moment; null when it answers, however slowly. apt itself finds out
 * too, and for that asks for each of its files several times, which takes minutes.
 *
 * @param configuration the file given to apt with `-c`
 */
export async function whyUnreachable(
  mirror: string,
  configuration: string,
  { patienceMs = PATIENCE_MS, signal }: { patienceMs?: number; signal?: AbortSignal | undefined } = {},
): Promise<string | null> {
  if (!/^https?:/i.test(mirror)) return null;
  const folder = await mkdtemp(join(tmpdir(), 'mimeo-mirror-'));
  const file = join(folder, 'InRelease');
  const overdue = AbortSignal.timeout(patienceMs);
  try {
    const uri = `${mirror}/dists/${SUITE}/InRelease`;
    // apt's own end comes first: a helper of it that hangs in a connection would be waited for after ours.
    const seconds = Math.max(1, Math.floor(patienceMs / 1000) - 1);
    const once = ['Retries=0', `http::Timeout=${seconds}`, `https::Timeout=${seconds}`];
    const options = once.flatMap((option) => ['-o', `Acquire::${option}`]);
    await run([HELPER, '-c', configuration, ...options, 'download-file', uri, file], {
      env: { LC_ALL: 'C.UTF-8', RES_OPTIONS: 'timeout:3 attempts:1' },
      signal: signal === undefined ? overdue : AbortSignal.any([overdue, signal]),
    });
    return null;
  } catch (error) {
    signal?.throwIfAborted();
    if (overdue.aborted) {
      const { size } = await stat(file).catch(() => ({ size: 0 }));
      return size > 0 ? null : `not one byte came in ${patienceMs / 1000} s`;
    }
    return reason(toMimeoError(error).message);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** "Temporary failure resolving 'deb.debian.org'"; null for a mirror that is there and has no such file. */
function reason(said: string): string | null {
  const [, words = said] = /Failed to fetch \S+\s+([^|]*)/.exec(said) ?? [];
  return /^[45]\d\d /.test(words) ? null : words.trim();
}
