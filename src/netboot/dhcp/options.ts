import { BinaryReader, BinaryWriter } from '../../binary.ts';

/** The option codes we read or write [RFC 2132, 3046, 4578; iPXE's dhcp.h for 175]. */
export const OPTION = {
  pad: 0,
  subnetMask: 1,
  router: 3,
  vendor: 43,
  requestedAddress: 50,
  overload: 52,
  messageType: 53,
  serverId: 54,
  parameterList: 55,
  message: 56,
  maxSize: 57,
  vendorClass: 60,
  bootFile: 67,
  userClass: 77,
  relayAgent: 82,
  architecture: 93,
  interfaceType: 94,
  machineId: 97,
  ipxe: 175,
  end: 255,
} as const;

/** Option 53 [RFC 2132]. */
export const MESSAGE = { discover: 1, offer: 2, request: 3, ack: 5, inform: 8 } as const;

/** Options by code; each code once, in the order of their first appearance. */
export type DhcpOptions = ReadonlyMap<number, Buffer>;

/** The three fields that may hold options. */
interface OptionFields {
  readonly options: Buffer;
  readonly file: Buffer;
  readonly sname: Buffer;
}

interface DecodedOptions {
  readonly options: DhcpOptions;
  readonly fileIsOptions: boolean;
  readonly snameIsOptions: boolean;
}

/**
 * Reads the options field and, where option 52 says so, the file and sname fields after it. Parts of one
 * option are joined in that order [RFC 3396]; option 52 itself is used up and not reported.
 *
 * @returns null when an option runs past the end of its field.
 */
export function decodeOptions(fields: OptionFields): DecodedOptions | null {
  const found = new Map<number, Buffer>();
  if (!readField(fields.options, found)) return null;
  const overload = found.get(OPTION.overload)?.[0] ?? 0;
  found.delete(OPTION.overload);
  const fileIsOptions = (overload & 1) !== 0;
  const snameIsOptions = (overload & 2) !== 0;
  if (fileIsOptions && !readField(fields.file, found)) return null;
  if (snameIsOptions && !readField(fields.sname, found)) return null;
  found.delete(OPTION.overload);
  return { options: found, fileIsOptions, snameIsOptions };
}

/** Writes every option, long ones in parts of 255 bytes, option 82 last; no end mark. */
export function encodeOptions(options: DhcpOptions, writer: BinaryWriter): void {
  const relayed = options.get(OPTION.relayAgent);
  for (const [code, data] of options) if (code !== OPTION.relayAgent) writeOption(code, data, writer);
  if (relayed) writeOption(OPTION.relayAgent, relayed, writer);
}

/** The bytes that {@link encodeOptions} writes: two of code and length for every part, and the data. */
export function sizeOfOptions(options: DhcpOptions): number {
  return [...options.values()].reduce(
    (sum, data) => sum + 2 * Math.max(1, Math.ceil(data.length / 255)) + data.length,
    0,
  );
}

/** The sub-options inside an encapsulating option (43, 82, 175); null when one runs past the end. */
export function decodeSubOptions(data: Buffer): DhcpOptions | null {
  const found = new Map<number, Buffer>();
  return readField(data, found) ? found : null;
}

/** The content of an encapsulating option, with its end mark as PXE's option 43 wants it. */
export function encodeSubOptions(options: DhcpOptions): Buffer {
  const writer = new BinaryWriter(sizeOfOptions(options) + 1);
  encodeOptions(options, writer);
  return writer.u8(OPTION.end).toBuffer();
}

function readField(field: Buffer, into: Map<number, Buffer>): boolean {
  const reader = new BinaryReader(field);
  while (reader.remaining > 0) {
    const code = reader.u8();
    if (code === OPTION.pad) continue;
    if (code === OPTION.end) return true;
    if (reader.remaining === 0) return false;
    const length = reader.u8();
    if (length > reader.remaining) return false;
    const data = reader.bytes(length);
    const before = into.get(code);
    into.set(code, before ? Buffer.concat([before, data]) : Buffer.from(data));
  }
  return true;
}

function writeOption(code: number, data: Buffer, writer: BinaryWriter): void {
  for (let at = 0; at === 0 || at < data.length; at += 255) {
    const part = data.subarray(at, at + 255);
    writer.u8(code).u8(part.length).bytes(part);
  }
}
