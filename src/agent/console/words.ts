import type { Progress } from '../../protocol/index.ts';

const PLAIN: Readonly<Record<string, string>> = {
  '…': '...',
  '–': '-',
  '—': '-',
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
  '→': '->',
  '·': '-',
  '×': 'x',
  ß: 'ss',
  æ: 'ae',
  ø: 'o',
};

/**
 * Text as every console can show it: printable ASCII, accents dropped, line breaks and control characters
 * (which came over the wire and might steer the terminal) turned to blanks.
 */
export function plain(text: string): string {
  return text
    .replace(/\P{ASCII}/gu, (sign) => PLAIN[sign] ?? sign)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/[^\x20-\x7e]/gu, '?');
}

/** Breaks plain text into lines of at most `columns`, at blanks where there are any. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of plain(text).split(' ')) {
    let rest = word;
    if (line !== '' && line.length + 1 + rest.length > columns) {
      lines.push(line);
      line = '';
    }
    while (rest.length > columns) {
      lines.push(rest.slice(0, columns));
      rest = rest.slice(columns);
    }
    line = line === '' ? rest : `${line} ${rest}`;
  }
  return line === '' ? lines : [...lines, line];
}

/** Whole percent, rounded down so that 100 means done; null while the total is not known. */
export function percentOf(progress: Progress): number | null {
  if (progress.totalBytes <= 0) return null;
  return Math.min(100, Math.floor((100 * progress.doneBytes) / progress.totalBytes));
}

/** `11.2 MB/s`; '' while nothing moves. */
export function speedWords(bytesPerSecond: number): string {
  if (bytesPerSecond < 1) return '';
  const megabytes = bytesPerSecond / 1e6;
  return `${megabytes < 100 ? megabytes.toFixed(1) : Math.round(megabytes)} MB/s`;
}

/** `2 min left`, `40 s left`; '' while it cannot be told. */
export function leftWords(secondsLeft: number | null): string {
  if (secondsLeft === null) return '';
  if (secondsLeft < 90) return `${Math.ceil(secondsLeft)} s left`;
  const minutes = Math.ceil(secondsLeft / 60);
  return minutes < 90 ? `${minutes} min left` : `${(minutes / 60).toFixed(1)} h left`;
}

/** A disk's or an image's size in the unit that is printed on disks: `500 GB`. */
export function sizeWords(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** The sentence about a server that does not answer. */
export function troubleWords(trouble: { seconds: number; words: string }): string {
  return `the server has not answered for ${trouble.seconds} s, trying again (${plain(trouble.words)})`;
}

/** The question before a running task is stopped. */
export function cancelWords(task: 'deploy' | 'capture'): string {
  return task === 'deploy'
    ? 'Really stop? The disk will not start then.'
    : 'Really stop? There will be no image.';
}
