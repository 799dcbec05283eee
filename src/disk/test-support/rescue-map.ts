import type { ByteRun } from '../../image/index.ts';

/**
 * The free bytes that a ddrescue map (`partclone.* -D`) names: only `?` means free. Everything that the map
 * calls something else or does not mention counts as used: FAT's map, for one, does not cover its tail.
 *
 * @throws RangeError naming the line that is not one of a ddrescue map
 */
export function freeRunsOfMap(map: string): ByteRun[] {
  const free: ByteRun[] = [];
  let statusSeen = false;
  for (const [i, line] of map.split('\n').entries()) {
    const text = line.trim();
    if (text === '' || text.startsWith('#')) continue;
    if (!statusSeen) {
      // `current_pos current_status [current_pass]` comes before the list.
      if (!/^0x[0-9A-Fa-f]+\s+\S(\s+\d+)?$/.test(text)) throw new RangeError(`line ${i + 1}: ${text}`);
      statusSeen = true;
      continue;
    }
    const [, start, length, status] = /^(0x[0-9A-Fa-f]+)\s+(0x[0-9A-Fa-f]+)\s+(\S)$/.exec(text) ?? [];
    if (start === undefined || length === undefined) throw new RangeError(`line ${i + 1}: ${text}`);
    const run = { start: Number(start), length: Number(length) };
    if (!Number.isSafeInteger(run.start + run.length)) throw new RangeError(`line ${i + 1}: ${text}`);
    if (status === '?') free.push(run);
  }
  if (!statusSeen) throw new RangeError('the map is empty');
  return free;
}
