import type { SourcePiece } from '../image/index.ts';

/**
 * NTFS keeps a copy of its boot sector in the sector after its last one, which belongs to no cluster: images
 * that hold clusters lack it. It is added where no piece brings it.
 *
 * @param pieces those of an NTFS volume, ascending
 */
export async function* withBackupBootSector(
  pieces: AsyncIterable<SourcePiece>,
  lengthBytes: number,
): AsyncGenerator<SourcePiece> {
  let boot: Buffer | null = null;
  let end = 0;
  for await (const piece of pieces) {
    if (piece.offset === 0 && piece.bytes.length >= 512) boot = Buffer.from(piece.bytes.subarray(0, 512));
    end = piece.offset + piece.bytes.length;
    yield piece;
  }
  if (boot === null || boot.toString('latin1', 3, 11) !== 'NTFS    ') return;
  const sectorBytes = boot.readUInt16LE(11);
  const place = Number(boot.readBigUInt64LE(40)) * sectorBytes;
  if (sectorBytes >= 512 && place >= end && place + boot.length <= lengthBytes)
    yield { offset: place, bytes: boot };
}
