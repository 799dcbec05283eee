export interface ReplyHead {
  readonly status: number;
  /** Of the body. */
  readonly length: number;
  /** The connection may be used again. */
  readonly keeps: boolean;
  /** Where the body begins. */
  readonly bytes: number;
}

/** A longer head is none that our servers send. */
export const MOST_HEAD_BYTES = 4096;

const STATUS = /^HTTP\/1\.1 (\d{3}) /;

/**
 * Reads the head of an HTTP/1.1 reply with a body of a stated length, which is all that a server of chunks sends
 * (RFC 9112; nothing chunked, no interim replies).
 *
 * @returns null when more bytes are needed; 'wrong' when it is nothing that can be understood without doubt
 */
export function parseReplyHead(bytes: Buffer): ReplyHead | 'wrong' | null {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return bytes.length >= MOST_HEAD_BYTES ? 'wrong' : null;
  const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const [, status] = STATUS.exec(first) ?? [];
  if (status === undefined || Number(status) < 200) return 'wrong';
  let length: number | null = null;
  let keeps = true;
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon <= 0) return 'wrong';
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (name === 'transfer-encoding') return 'wrong';
    if (name === 'connection') keeps = value.toLowerCase() !== 'close';
    if (name === 'content-length') {
      if (length !== null || !/^\d{1,10}$/.test(value)) return 'wrong';
      length = Number(value);
    }
  }
  return length === null ? 'wrong' : { status: Number(status), length, keeps, bytes: end + 4 };
}
