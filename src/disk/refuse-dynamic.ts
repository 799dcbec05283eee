import { MimeoError } from '../errors.ts';
import type { DiskLayout } from '../image/index.ts';

/** Windows' Logical Disk Manager: the MBR type, and the GPT types of its database and of its data. */
const DYNAMIC = new Set([
  '42',
  '5808C8AA-7E8F-42E0-85D2-E1E90434CFB3',
  'AF9B60A0-1431-4F62-BC68-3311714A69AD',
]);

/**
 * Refuses a dynamic disk of Windows: where its volumes are stands in a database at its end, which belongs to
 * this very disk and of which partitions tell nothing.
 *
 * @throws MimeoError `disk-dynamic`
 */
export function refuseDynamic(layout: DiskLayout, name: string): void {
  if (!layout.partitions.some(({ type }) => DYNAMIC.has(type.toUpperCase()))) return;
  throw new MimeoError(
    'disk-dynamic',
    `${name} is a dynamic disk of Windows, whose volumes are no partitions.`,
  );
}
