/** The Windows volume; as Windows' setup does it, it reaches to the end of the disk. */
export const WINDOWS_SECTORS = 1900 * 2048;
/** The second copy of a GPT needs the disk's last 33 sectors. */
const GPT_COPY_SECTORS = 33;

/** Where things stand on the BIOS master, in sectors. */
export const BIOS_LAYOUT = { windows: { start: 63, sectors: WINDOWS_SECTORS } } as const;

/** The same for the UEFI master. */
export const UEFI_LAYOUT = {
  esp: { start: 2048, sectors: 64 * 2048 },
  reserved: { start: 65 * 2048, sectors: 16 * 2048 },
  windows: { start: 81 * 2048, sectors: WINDOWS_SECTORS },
} as const;

/** Size of each master's disk, in sectors. */
export const DISK_SECTORS = {
  bios: BIOS_LAYOUT.windows.start + WINDOWS_SECTORS,
  uefi: UEFI_LAYOUT.windows.start + WINDOWS_SECTORS + GPT_COPY_SECTORS,
} as const;

/** The partition table as sfdisk reads it; signatures and GUIDs are always the same. */
export function sfdiskScript(kind: 'bios' | 'uefi'): string {
  return kind === 'bios' ? BIOS_TABLE : UEFI_TABLE;
}

const BIOS_TABLE = `label: dos
label-id: 0x4d494d45
unit: sectors

start=${BIOS_LAYOUT.windows.start}, size=${WINDOWS_SECTORS}, type=7, bootable
`;

const UEFI_TABLE = `label: gpt
label-id: 4D494D45-0000-4000-8000-000000000001
unit: sectors

start=${UEFI_LAYOUT.esp.start}, size=${UEFI_LAYOUT.esp.sectors}, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B, uuid=4D494D45-0000-4000-8000-000000000011, name="EFI system partition"
start=${UEFI_LAYOUT.reserved.start}, size=${UEFI_LAYOUT.reserved.sectors}, type=E3C9E316-0B5C-4DB8-817D-F92DF00215AE, uuid=4D494D45-0000-4000-8000-000000000012, name="Microsoft reserved partition"
start=${UEFI_LAYOUT.windows.start}, size=${WINDOWS_SECTORS}, type=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7, uuid=4D494D45-0000-4000-8000-000000000013, name="Basic data partition"
`;
