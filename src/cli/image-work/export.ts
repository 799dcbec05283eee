import { basename, dirname, resolve } from 'node:path';
import { exportClonezilla, exportQcow2, exportRaw } from '../../formats/index.ts';
import { allRegions } from '../../image/index.ts';
import type { Session } from '../session.ts';
import { openStoredImage } from './stored-image.ts';

export type ExportFormat = 'raw' | 'qcow2' | 'clonezilla';

export interface ExportWish {
  readonly format: ExportFormat;
  /** The file, or the folder of Clonezilla. */
  readonly path: string;
  /** Whether a file that is there may be replaced; a folder never is. */
  readonly force: boolean;
}

export interface Exported {
  readonly image: string;
  readonly version: number;
  readonly format: ExportFormat;
  /** A file for each disk, or the folder. */
  readonly paths: readonly string[];
}

/**
 * Writes an image of the server as a file or folder of another program. It has its name only when it is whole.
 *
 * @throws MimeoError `export-target-exists`, `export-no-room`, `chunk-damaged`
 */
export async function exportImage(session: Session, ref: string, wish: ExportWish): Promise<Exported> {
  const { signal } = session;
  const { format, force } = wish;
  const image = await openStoredImage(session, ref);
  const { index } = image;
  const chunk = image.reader('writing', allRegions(index));
  const path = resolve(wish.path);
  const common = { index, chunk, signal };
  const about = { image: index.name, version: index.version, format };
  switch (format) {
    case 'clonezilla': {
      const { folder } = await exportClonezilla({ ...common, folder: dirname(path), name: basename(path) });
      return { ...about, paths: [folder] };
    }
    case 'raw':
      return { ...about, ...(await exportRaw({ ...common, path, force })) };
    case 'qcow2':
      return { ...about, ...(await exportQcow2({ ...common, path, force })) };
  }
}
