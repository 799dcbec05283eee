import { MimeoError } from '../../errors.ts';
import { Secret } from './secret.ts';

/** A blob is some kilobytes. */
const MOST_BYTES = 256 * 1024;
/** Both begin with the header of a type serialised by NDR, version 1, little-endian (MS-RPCE 2.2.6). */
const NDR_HEADER = Buffer.from('01100800cccccccc', 'hex');

/**
 * The blob of an offline domain join as bare base64, from any of its forms: the file that djoin.exe and `net
 * offlinejoin` save (UTF-16LE with a mark and a NUL at the end), or base64 with or without line ends. It must be the
 * blob of this computer: with another's, two machines would be one in the domain.
 *
 * @throws MimeoError `domain-blob-invalid`; its words never hold a part of the blob
 */
export function readJoinBlob(file: Uint8Array, computerName: string): Secret {
  if (file.length > MOST_BYTES) throw invalid(`it has ${file.length} bytes, far more than one can have`);
  const buffer = Buffer.from(file.buffer, file.byteOffset, file.length);
  const isUtf16 = buffer.length >= 2 && buffer.readUInt16LE() === 0xfeff;
  const base64 = buffer.toString(isUtf16 ? 'utf16le' : 'latin1', isUtf16 ? 2 : 0).replaceAll(/[\s\0]/g, '');
  if (base64 === '') throw invalid('it is empty');
  const bad = base64.search(/[^A-Za-z0-9+/=]/);
  if (bad !== -1) throw invalid(`character ${bad + 1} is none of base64`);
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.toString('base64') !== base64) throw invalid('it is cut off in the middle of its base64');
  if (!bytes.subarray(0, NDR_HEADER.length).equals(NDR_HEADER)) {
    throw invalid('it does not begin as the data of a domain join does');
  }
  // A text stands behind its length, whose upper half is 0.
  if (!bytes.toString('utf16le').toUpperCase().includes(`\0${computerName.toUpperCase()}\0`)) {
    throw invalid(`it was not made for ${computerName}`);
  }
  return new Secret(base64);
}

function invalid(words: string): MimeoError {
  return new MimeoError(
    'domain-blob-invalid',
    `The data for the offline domain join cannot be used: ${words}.`,
  );
}
