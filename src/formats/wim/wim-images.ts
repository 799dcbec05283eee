import { MimeoError } from '../../errors.ts';

/** One image of a WIM. */
export interface WimImage {
  /** From 1. */
  readonly index: number;
  /** '' when it has none. */
  readonly name: string;
  /** What its files hold, hard links counted once. */
  readonly bytes: number;
  /** Files and folders. */
  readonly entries: number;
  /** Of the Windows in it: 5 (XP), 6 (Vista to 8.1), 10; null when there is none. */
  readonly windows: { readonly major: number; readonly minor: number } | null;
}

/** The images that a WIM's description names. */
export function parseWimImages(xml: string): WimImage[] {
  const images: WimImage[] = [];
  for (const part of xml.split(/<IMAGE\s/i).slice(1)) {
    const index = Number(/^[^>]{0,200}?INDEX="(\d{1,6})"/i.exec(part)?.[1] ?? Number.NaN);
    if (!Number.isSafeInteger(index)) continue;
    const text = (tag: string): string => {
      const start = part.indexOf(`<${tag}>`);
      const end = part.indexOf(`</${tag}>`, start);
      return start === -1 || end === -1 ? '' : plainText(part.slice(start + tag.length + 2, end).trim());
    };
    const number = (tag: string): number => {
      const value = Number(text(tag) || 0);
      return Number.isSafeInteger(value) && value >= 0 ? value : 0;
    };
    const major = text('MAJOR');
    images.push({
      index,
      name: text('NAME') || text('DISPLAYNAME'),
      bytes: Math.max(0, number('TOTALBYTES') - number('HARDLINKBYTES')),
      entries: number('FILECOUNT') + number('DIRCOUNT'),
      windows: major === '' ? null : { major: number('MAJOR'), minor: number('MINOR') },
    });
  }
  return images;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', apos: "'", gt: '>', lt: '<', quot: '"' };

function plainText(text: string): string {
  return text.replaceAll(/&([a-z]{2,4});/g, (whole, name: string) => ENTITIES[name] ?? whole);
}

/**
 * The image that is meant.
 * @param wanted a number from 1, or a name; may be missing when there is one only
 * @throws MimeoError `import-unsupported` with the list of those there are
 */
export function chooseWimImage(
  images: readonly WimImage[],
  wanted: string | undefined,
  path: string,
): WimImage {
  const [first, second] = images;
  if (first === undefined) throw new MimeoError('import-unsupported', `${path} holds no image.`);
  if (wanted === undefined && second === undefined) return first;
  const fitting =
    wanted === undefined
      ? []
      : images.filter(
          ({ index, name }) => String(index) === wanted || name.toLowerCase() === wanted.toLowerCase(),
        );
  const [found, another] = fitting;
  if (found !== undefined && another === undefined) return found;
  const list = images.map(({ index, name }) => `${index} ${JSON.stringify(name)}`).join(', ');
  throw new MimeoError(
    'import-unsupported',
    wanted === undefined
      ? `${path} holds ${images.length} images: ${list}.`
      : `${path} holds ${fitting.length === 0 ? 'no' : 'more than one'} image ${JSON.stringify(wanted)}, but: ${list}.`,
    { next: 'Say which one with --index, by its number.' },
  );
}
