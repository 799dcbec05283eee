/** A chunk of a region that is to be stored, before it has a name. */
export interface RawChunk {
  readonly mask: Uint8Array;
  /** Bytes in used blocks. */
  readonly usedBytes: number;
  /** The content, unused blocks zeroed; null when nothing of the chunk is used. */
  readonly bytes: Buffer<ArrayBuffer> | null;
}
