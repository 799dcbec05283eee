import { parseMac } from '../mac.ts';
import { DELIMITERS, type Delimiter, type Line, splitFields } from './split.ts';

export type ColumnKey = 'mac' | 'image' | 'name' | 'lab';

/** Which field (0-based) holds what; -1 where the file has no such column. */
export type Columns = Readonly<Record<ColumnKey, number>>;

/** The order without a header line; the fourth column may be absent. */
export const DEFAULT_COLUMNS: Columns = { mac: 0, image: 1, name: 2, lab: 3 };

/** What header lines call the columns, folded by {@link fold}. */
const SYNONYMS: Readonly<Record<ColumnKey, readonly string[]>> = {
  mac: [
    'mac',
    'macaddress',
    'macaddr',
    'macadresse',
    'macadr',
    'hwaddr',
    'hwaddress',
    'hardwareaddress',
    'hardwareadresse',
    'ethernet',
    'ethernetaddress',
    'physicaladdress',
    'physikalischeadresse',
    'adressemac',
    'direccionmac',
    'indirizzomac',
  ],
  image: [
    'image',
    'imagename',
    'imagefile',
    'imagefilename',
    'img',
    'abbild',
    'abbildname',
    'systemabbild',
    'imagen',
    'immagine',
    'osimage',
  ],
  name: [
    'name',
    'computername',
    'computer',
    'hostname',
    'host',
    'pcname',
    'pc',
    'workstation',
    'workstationname',
    'machinename',
    'rechnername',
    'rechner',
    'geraetename',
    'arbeitsplatz',
    'arbeitsstation',
    'nom',
    'nombre',
    'nome',
  ],
  lab: [
    'lab',
    'labname',
    'labor',
    'room',
    'classroom',
    'raum',
    'raumname',
    'zimmer',
    'klassenzimmer',
    'location',
    'standort',
    'salle',
    'aula',
  ],
};

const KEY_OF: ReadonlyMap<string, ColumnKey> = new Map(
  (Object.keys(SYNONYMS) as ColumnKey[]).flatMap((key) => SYNONYMS[key].map((word) => [word, key] as const)),
);

/** Which column a header cell names, or null. */
export function columnKey(cell: string): ColumnKey | null {
  return KEY_OF.get(fold(cell)) ?? null;
}

/**
 * Whether a line is a header: it names a column, and nothing in it is a MAC. (A data line may well have a host named
 * `Labor` or `PC`.)
 */
export function isHeader(cells: readonly string[]): boolean {
  return cells.some((cell) => columnKey(cell) !== null) && !cells.some((cell) => parseMac(cell) !== null);
}

/**
 * The delimiter that makes most sense of the first lines: a MAC or a header word in a field of its own counts more
 * than a mere field. Excel's `sep=;` line decides outright.
 */
export function chooseDelimiter(text: string, meaningful: readonly Line[]): Delimiter {
  let best: { delimiter: Delimiter; score: number } = { delimiter: ',', score: -1 };
  for (const delimiter of DELIMITERS) {
    let score = 0;
    for (const line of meaningful.slice(0, 20)) {
      const cells = splitFields(text, line, delimiter).map((field) => field.value);
      if (cells.length < 2) continue;
      score += 1 + 4 * cells.filter((cell) => parseMac(cell) !== null || columnKey(cell) !== null).length;
    }
    if (score > best.score) best = { delimiter, score };
  }
  return best.delimiter;
}

/** Excel's hint line (`sep=;`), which is no data. */
export function separatorHint(content: string): Delimiter | null {
  const hint = /^"?sep=(.)"?$/i.exec(content.trimEnd() === 'sep=' ? content : content.trim())?.[1];
  return DELIMITERS.find((delimiter) => delimiter === hint) ?? null;
}

/** Lower case, umlauts spelled out, nothing but letters and digits: `MAC-Adresse` → `macadresse`. */
function fold(cell: string): string {
  return cell
    .toLowerCase()
    .replaceAll('ä', 'ae')
    .replaceAll('ö', 'oe')
    .replaceAll('ü', 'ue')
    .normalize('NFD')
    .replaceAll(/[^a-z0-9]/g, '');
}
