/** One row of the client architecture table (option 93) [RFC 4578, IANA "Processor Architecture Types"]. */
export interface Architecture {
  readonly code: number;
  readonly firmware: 'bios' | 'uefi' | 'other';
  /** The processor whose boot program it runs; `ebc` is EFI byte code, sent by x64 firmware in practice. */
  readonly processor: 'x86' | 'ia32' | 'x64' | 'arm32' | 'arm64' | 'other';
  /** For a timeline: what a technician would call it. */
  readonly words: string;
}

const rows: readonly Architecture[] = [
  { code: 0, firmware: 'bios', processor: 'x86', words: 'BIOS' },
  { code: 6, firmware: 'uefi', processor: 'ia32', words: 'UEFI 32-bit' },
  { code: 7, firmware: 'uefi', processor: 'x64', words: 'UEFI 64-bit' },
  { code: 9, firmware: 'uefi', processor: 'x64', words: 'UEFI 64-bit' },
  { code: 10, firmware: 'uefi', processor: 'arm32', words: 'ARM 32-bit UEFI' },
  { code: 11, firmware: 'uefi', processor: 'arm64', words: 'ARM 64-bit UEFI' },
  { code: 15, firmware: 'uefi', processor: 'ia32', words: 'UEFI 32-bit over HTTP' },
  { code: 16, firmware: 'uefi', processor: 'x64', words: 'UEFI 64-bit over HTTP' },
  { code: 17, firmware: 'uefi', processor: 'x64', words: 'UEFI 64-bit over HTTP' },
  { code: 18, firmware: 'uefi', processor: 'arm32', words: 'ARM 32-bit UEFI over HTTP' },
  { code: 19, firmware: 'uefi', processor: 'arm64', words: 'ARM 64-bit UEFI over HTTP' },
  { code: 20, firmware: 'bios', processor: 'x86', words: 'BIOS over HTTP' },
];

const byCode = new Map(rows.map((row) => [row.code, row]));

/** The row for a value of option 93; a code that is not in the table gets firmware and processor `other`. */
export function architectureOf(code: number): Architecture {
  return byCode.get(code) ?? { code, firmware: 'other', processor: 'other', words: `architecture ${code}` };
}
