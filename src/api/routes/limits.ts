/** A zstd frame of 1 MiB that does not compress is a little longer than 1 MiB. */
export const MAX_CHUNK_BYTES = 1_200_000;
/** The index of a disk of a few TiB. */
export const MAX_INDEX_BYTES = 256 * 1_048_576;
/** Table sectors of both ends of a disk. */
export const MAX_TABLE_BYTES = 16 * 1_048_576;
/** The bitmap of a disk of 16 TB, in base64. */
export const MAX_JOIN_BYTES = 4_194_304;
