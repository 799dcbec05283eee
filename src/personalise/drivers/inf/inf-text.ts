/** The text of an .inf file, without its byte order mark. */
export interface InfText {
  readonly text: string;
  readonly encoding: 'utf-16le' | 'utf-16be' | 'utf-8' | 'ansi';
}

/** How far a file is looked at to tell UTF-16 without a mark from ANSI. */
const SAMPLE_BYTES = 512;

/**
 * Reads an .inf file of whatever encoding driver makers ship: UTF-16 with or without its mark, UTF-8 with its mark,
 * else ANSI, taken for code page 1252 (ids are ASCII; only descriptions may come out wrong). Never throws: what is no
 * character becomes U+FFFD.
 */
export function readInfText(bytes: Uint8Array): InfText {
  const [first = 0, second = 0, third = 0] = bytes;
  if (first === 0xff && second === 0xfe) return decoded(bytes.subarray(2), 'utf-16le');
  if (first === 0xfe && second === 0xff) return decoded(bytes.subarray(2), 'utf-16be');
  if (first === 0xef && second === 0xbb && third === 0xbf) return decoded(bytes.subarray(3), 'utf-8');
  // Text that is mostly ASCII has a zero in every second byte as UTF-16, and none as ANSI.
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  const zeros = [0, 0];
  for (const [at, byte] of sample.entries()) {
    if (byte === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
  }
  const [even = 0, odd = 0] = zeros;
  if (odd > sample.length / 4 && even === 0) return decoded(bytes, 'utf-16le');
  if (even > sample.length / 4 && odd === 0) return decoded(bytes, 'utf-16be');
  return decoded(bytes, 'ansi');
}

function decoded(bytes: Uint8Array, encoding: InfText['encoding']): InfText {
  const label = encoding === 'ansi' ? 'windows-1252' : encoding;
  return { text: new TextDecoder(label, { ignoreBOM: true }).decode(bytes), encoding };
}
