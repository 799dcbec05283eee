import { basename, dirname, resolve } from 'node:path';
import { exportClonezilla } from '../../formats/index.ts';
import { allRegions } from '../../image/index.ts';
import type { Session } from '../session.ts';
import { openStoredImage } from './stored-image.ts';

export const EXPORT_FORMATS = ['clonezilla'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface Exported {
  readonly image: string;
  readonly version: number;
  readonly format: ExportFormat;
  /** Where it is now. */
  readonly path: string;
}

/**
 * Writes an image of the server as a file or folder of another program. It has its name only when it is whole.
 *
 * @throws MimeoError `export-target-exists`
 */
export async function exportImage(
  session: Session,
  ref: string,
  format: ExportFormat,
  to: string,
): Promise<Exported> {
  const { signal } = session;
  const image = await openStoredImage(session, ref);
  const { index } = image;
  const chunk = image.reader('writing', allRegions(index));
  const path = resolve(to);
  await exportClonezilla({ index, chunk, folder: dirname(path), name: basename(path), signal });
  return { image: index.name, version: index.version, format, path };
}
