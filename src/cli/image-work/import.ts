import { type ImportOptions, ofImport, openImport } from '../../formats/index.ts';
import { checkImageName } from '../../image/index.ts';
import { captureDisk, importSource } from '../../transfer/index.ts';
import { joined, type Session } from '../session.ts';
import { type ReadImage, type Uploaded, upload } from './upload.ts';

export interface ImportWish extends Omit<ImportOptions, 'signal'> {
  readonly name: string;
  /** Null: what the image was made from. */
  readonly notes: string | null;
}

export interface Imported extends Uploaded {
  /** "Clonezilla folder win7-lab" */
  readonly from: string;
}

/**
 * Makes an image of somebody else's, and tells what it found before it begins.
 *
 * @throws MimeoError `image-name`, and what opening, reading and uploading it throw
 */
export async function importImage(session: Session, path: string, wish: ImportWish): Promise<Imported> {
  const { signal, terminal, json } = session;
  const { name, notes, ...options } = wish;
  // Some images take minutes to open.
  checkImageName(name);
  const opened = await openImport(path, { ...options, signal });
  await using _closed = opened.kind === 'source' ? opened.source : opened;
  const { description, warnings } = opened.kind === 'source' ? opened.source : opened;
  if (!json) terminal.err(joined([description, ...warnings.map((words) => `! ${words}`)]));
  const common = { name, notes: notes ?? description, signal };
  const read: ReadImage =
    opened.kind === 'source'
      ? (work) => importSource({ ...common, ...work, source: opened.source })
      : async (work) => {
          const captured = await captureDisk({ ...common, ...work, disk: opened.path }).catch(
            (error: unknown) => {
              throw ofImport(error, opened.path, path);
            },
          );
          return { ...captured, warnings: [...warnings, ...captured.warnings] };
        };
  const uploaded = await upload(session, name, read);
  // Those were told already; the others come with the result.
  const told = json ? [] : warnings;
  const fresh = uploaded.warnings.filter((words) => !told.includes(words));
  return { ...uploaded, warnings: fresh, from: description };
}
