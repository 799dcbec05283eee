/** Which module a device pattern asks for: `[pattern, module]`, as in `modules.alias`. */
export type AliasTable = readonly (readonly [pattern: string, module: string])[];

/** A PCI device as iPXE and DHCP tell it. */
export interface PciId {
  readonly vendor: number;
  readonly device: number;
}

/** The lines of a `modules.alias` file that depmod wrote. */
export function parseAliases(text: string): [pattern: string, module: string][] {
  return text.split('\n').flatMap((line) => {
    const [keyword, pattern, module] = line.split(' ');
    return keyword === 'alias' && pattern !== undefined && module !== undefined
      ? [[pattern, module] as const]
      : [];
  }) as [string, string][];
}

/**
 * Does a device need the second layer?
 *
 * @param device a modalias (`pci:v00008086d…`), or a PCI id; of that, the class is taken to be Ethernet
 * @param table `extra-aliases.json`
 */
export function needsExtraLayer(device: string | PciId, table: AliasTable): boolean {
  const modalias = typeof device === 'string' ? device : ethernetModalias(device);
  return table.some(([pattern]) => matchesAlias(pattern, modalias));
}

/**
 * The PCI id in iPXE's `${netX/busid}`: a type byte (01 is PCI), vendor and device in hexadecimal.
 *
 * @returns null when it is no PCI device or not that format.
 */
export function parseBusId(text: string): PciId | null {
  const match = /^01:?([0-9a-f]{2}):?([0-9a-f]{2}):?([0-9a-f]{2}):?([0-9a-f]{2})$/i.exec(text.trim());
  if (match === null) return null;
  return {
    vendor: Number.parseInt(`${match[1]}${match[2]}`, 16),
    device: Number.parseInt(`${match[3]}${match[4]}`, 16),
  };
}

function ethernetModalias({ vendor, device }: PciId): string {
  const hex = (value: number): string => value.toString(16).toUpperCase().padStart(8, '0');
  return `pci:v${hex(vendor)}d${hex(device)}sv00000000sd00000000bc02sc00i00`;
}

/** Shell pattern match as fnmatch(3) does it without flags, which is what the kernel's aliases are written for. */
export function matchesAlias(pattern: string, modalias: string): boolean {
  const source = pattern.replace(/\[[^\]]*\]|[^[]/g, (part) => {
    if (part === '*') return '.*';
    if (part === '?') return '.';
    if (part.length > 1) return part.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
    return part.replace(/[.+^${}()|\\\]]/, '\\$&');
  });
  return new RegExp(`^${source}$`, 's').test(modalias);
}
