/** Machine of a program for Windows, from its head ("PE Format", Microsoft); null when it is none. */
export function machineOfPe(head: Buffer): 'x86' | 'amd64' | 'arm64' | null {
  if (head.length < 0x40 || head.toString('latin1', 0, 2) !== 'MZ') return null;
  const at = head.readUInt32LE(0x3c);
  if (at + 6 > head.length || head.toString('latin1', at, at + 4) !== 'PE\0\0') return null;
  switch (head.readUInt16LE(at + 4)) {
    case 0x014c:
      return 'x86';
    case 0x8664:
      return 'amd64';
    case 0xaa64:
      return 'arm64';
    default:
      return null;
  }
}

/** Machine of a program for Linux, from its head (the generic ABI's `e_machine`); null when it is none. */
export function machineOfElf(head: Buffer): 'x86' | 'amd64' | 'arm' | 'arm64' | 'riscv64' | null {
  if (head.length < 20 || head.toString('latin1', 0, 4) !== '\u007fELF') return null;
  const is64 = head.readUInt8(4) === 2;
  // All of these are little-endian.
  if (head.readUInt8(5) !== 1) return null;
  switch (head.readUInt16LE(18)) {
    case 3:
      return 'x86';
    case 40:
      return 'arm';
    case 62:
      return 'amd64';
    case 183:
      return 'arm64';
    case 243:
      return is64 ? 'riscv64' : null;
    default:
      return null;
  }
}
