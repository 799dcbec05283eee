/** What a keyboard can say to the prompt. */
export type Key =
  | { readonly kind: 'char'; readonly char: string }
  | { readonly kind: 'enter' | 'backspace' | 'escape' };

/**
 * Turns the bytes of a terminal in raw mode into keys. Arrow keys and other sequences are swallowed; a lone escape is
 * one only when nothing follows, so the owner calls `flush` shortly after bytes came.
 */
export class KeyDecoder {
  #escape: 'none' | 'seen' | 'sequence' = 'none';
  #lastWasReturn = false;

  push(bytes: Uint8Array): Key[] {
    const keys: Key[] = [];
    for (const byte of bytes) {
      const key = this.#byte(byte);
      if (key !== null) keys.push(key);
    }
    return keys;
  }

  /** Time has passed since the last byte: an escape that stands alone is the key itself. */
  flush(): Key[] {
    const lone = this.#escape === 'seen';
    this.#escape = 'none';
    return lone ? [{ kind: 'escape' }] : [];
  }

  #byte(byte: number): Key | null {
    const afterReturn = this.#lastWasReturn;
    this.#lastWasReturn = byte === 0x0d;
    if (this.#escape === 'seen') {
      if (byte === 0x1b) return { kind: 'escape' };
      // CSI and SS3 open a sequence; anything else after an escape is Alt with a key, which means nothing here.
      this.#escape = byte === 0x5b || byte === 0x4f ? 'sequence' : 'none';
      return null;
    }
    if (this.#escape === 'sequence') {
      // `[` right after CSI is how the Linux console sends F1 to F5; the next byte ends it.
      if (byte >= 0x40 && byte <= 0x7e && byte !== 0x5b) this.#escape = 'none';
      return null;
    }
    if (byte === 0x1b) {
      this.#escape = 'seen';
      return null;
    }
    if (byte === 0x0a && afterReturn) return null;
    if (byte === 0x0d || byte === 0x0a) return { kind: 'enter' };
    if (byte === 0x7f || byte === 0x08) return { kind: 'backspace' };
    if (byte === 0x03) return { kind: 'escape' };
    return byte >= 0x20 && byte < 0x7f ? { kind: 'char', char: String.fromCharCode(byte) } : null;
  }
}
