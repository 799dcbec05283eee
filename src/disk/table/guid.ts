/** A GUID as GPT stores it (first three fields little-endian) as text, upper case with dashes. */
export function guidText(bytes: Uint8Array): string {
  const hex = Buffer.from([3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15].map((i) => bytes[i] ?? 0))
    .toString('hex')
    .toUpperCase();
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/**
 * The 16 bytes of a GUID's text.
 * @throws RangeError when the text is no GUID
 */
export function guidBytes(text: string): Buffer {
  if (!/^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$/.test(text)) {
    throw new RangeError(`${JSON.stringify(text)} is no GUID`);
  }
  const straight = Buffer.from(text.replaceAll('-', ''), 'hex');
  straight.subarray(0, 4).reverse();
  straight.subarray(4, 6).reverse();
  straight.subarray(6, 8).reverse();
  return straight;
}
