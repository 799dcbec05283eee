/** Well-known identifiers and rights. Source: [MS-DTYP] 2.4.2.4 and 2.4.3. */
const ADMINISTRATORS = sid(5, 32, 544);
const SYSTEM = sid(5, 18);
const EVERYONE = sid(1, 0);
const FULL_CONTROL = 0x001f_01ff;
const READ_AND_EXECUTE = 0x0012_00a9;
/** Files and folders that are made inside get the same. */
const INHERITED = 0x03;
/** Self-relative, with a list, which takes nothing from the folder above. */
const CONTROL = 0x8000 | 0x1000 | 0x0004;
const HEAD = 20;

/**
 * The security descriptor of a folder that only SYSTEM and administrators may change, self-relative as NTFS keeps it
 * ([MS-DTYP] 2.4.6); what Windows puts into it later is theirs as well.
 *
 * ntfs-3g's own, made from a mode, also forbids everyone, SYSTEM included, to run any program that is put into the
 * folder later: an installer that unpacks itself beside its file could not go on.
 */
export function folderDescriptor(readers: 'administrators' | 'everyone'): Buffer {
  const entries = [allow(SYSTEM, FULL_CONTROL), allow(ADMINISTRATORS, FULL_CONTROL)];
  if (readers === 'everyone') entries.push(allow(EVERYONE, READ_AND_EXECUTE));
  const list = Buffer.concat([Buffer.alloc(8), ...entries]);
  list.writeUInt8(2, 0);
  list.writeUInt16LE(list.length, 2);
  list.writeUInt16LE(entries.length, 4);
  const head = Buffer.alloc(HEAD);
  head.writeUInt8(1, 0);
  head.writeUInt16LE(CONTROL, 2);
  const owner = HEAD + list.length;
  head.writeUInt32LE(owner, 4);
  head.writeUInt32LE(owner + ADMINISTRATORS.length, 8);
  head.writeUInt32LE(HEAD, 16);
  return Buffer.concat([head, list, ADMINISTRATORS, ADMINISTRATORS]);
}

function allow(who: Buffer, rights: number): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt8(INHERITED, 1);
  head.writeUInt16LE(8 + who.length, 2);
  head.writeUInt32LE(rights, 4);
  return Buffer.concat([head, who]);
}

/** `S-1-5-32-544`: the authority 5, the parts 32 and 544. */
function sid(authority: number, ...parts: number[]): Buffer {
  const bytes = Buffer.alloc(8 + 4 * parts.length);
  bytes.writeUInt8(1, 0);
  bytes.writeUInt8(parts.length, 1);
  bytes.writeUIntBE(authority, 2, 6);
  for (const [index, part] of parts.entries()) bytes.writeUInt32LE(part, 8 + 4 * index);
  return bytes;
}
