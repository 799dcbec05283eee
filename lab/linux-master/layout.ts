/** Sizes and places on the Linux masters, in sectors of 512 bytes. */
const MIB = 2048;
const ROOT_SECTORS = 900 * MIB;
const ESP_SECTORS = 40 * MIB;
/** The second copy of a GPT needs the disk's last 33 sectors. */
const GPT_COPY_SECTORS = 33;

export const ROOT_UUID = '4d494d45-0000-4000-8000-00000000e284';

/** BIOS: GRUB stands between sector 0 and the root volume. */
export const BIOS_LAYOUT = {
  root: { start: MIB, sectors: ROOT_SECTORS },
  disk: MIB + ROOT_SECTORS,
} as const;

/** UEFI: GRUB stands in the EFI system partition. */
export const UEFI_LAYOUT = {
  esp: { start: MIB, sectors: ESP_SECTORS },
  root: { start: MIB + ESP_SECTORS, sectors: ROOT_SECTORS },
  disk: MIB + ESP_SECTORS + ROOT_SECTORS + GPT_COPY_SECTORS,
} as const;

export const BIOS_TABLE = `label: dos
label-id: 0x4d494d4c
unit: sectors

start=${BIOS_LAYOUT.root.start}, size=${ROOT_SECTORS}, type=83, bootable
`;

export const UEFI_TABLE = `label: gpt
unit: sectors

start=${UEFI_LAYOUT.esp.start}, size=${ESP_SECTORS}, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B, name="EFI system partition"
start=${UEFI_LAYOUT.root.start}, size=${ROOT_SECTORS}, type=0FC63DAF-8483-4772-8E79-3D69D8477DE4, name="Linux"
`;
