import { stat } from 'node:fs/promises';
import { MimeoError } from '../../errors.ts';
import { damaged } from '../damage.ts';
import { readRange } from '../read-range.ts';

export const WIM_MAGIC = 'MSWIM\0\0\0';
const HEAD_BYTES = 208;
/** Places of the head (Microsoft's "Windows Imaging File Format"), little-endian. */
const GUID_AT = 24;
const PART_AT = 40;
const PARTS_AT = 42;
const BLOB_TABLE_AT = 48;
const XML_AT = 72;
const INTEGRITY_AT = 124;
/** A WIM of dozens of editions has some hundred KiB. */
const LONGEST_XML = 16 * 1_048_576;

/** What a WIM says of itself. */
export interface WimHead {
  /** The same in all parts of a split one. */
  readonly guid: string;
  /** From 1. */
  readonly part: number;
  readonly parts: number;
  /** What is in it, as XML. */
  readonly xml: string;
}

/**
 * Reads the head of a WIM or ESD, and looks that the file reaches as far as it says.
 * @throws MimeoError `import-damaged`, `import-unsupported` when it is encrypted
 */
export async function readWimHead(path: string): Promise<WimHead> {
  const { size } = await stat(path);
  const head = await readRange(path, 0, HEAD_BYTES, "the WIM's head");
  for (const at of [BLOB_TABLE_AT, XML_AT, INTEGRITY_AT]) {
    const { offset, length } = placeAt(head, at);
    if (length === 0 || offset + length <= size) continue;
    throw damaged(
      { path, offset: size, compressed: false },
      `it ends there, and should reach to byte ${offset + length} at least`,
    );
  }
  const { offset, length } = placeAt(head, XML_AT);
  if (length > LONGEST_XML) {
    throw damaged(
      { path, offset: XML_AT, compressed: false },
      `a description of ${length} bytes makes no sense`,
    );
  }
  const xml = (await readRange(path, offset, length, 'the description of its images')).toString('utf16le');
  if (/<ENCRYPTED[\s/>]/i.test(xml)) {
    throw new MimeoError(
      'import-unsupported',
      `${path} is an encrypted ESD, which only Microsoft's own tools open.`,
      {
        next: 'Use the install.wim or install.esd of an installation medium (Media Creation Tool, ISO file).',
      },
    );
  }
  return {
    guid: head.toString('hex', GUID_AT, GUID_AT + 16),
    part: head.readUInt16LE(PART_AT),
    parts: head.readUInt16LE(PARTS_AT),
    xml,
  };
}

/** Seven bytes of length, one of flags, eight of place; what is not there is 0. */
function placeAt(head: Buffer, at: number): { offset: number; length: number } {
  const length = Number(head.readBigUInt64LE(at) & 0x00ff_ffff_ffff_ffffn);
  return { offset: Number(head.readBigUInt64LE(at + 8)), length };
}
