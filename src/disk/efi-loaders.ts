/** A boot loader on an EFI system partition, and what it needs to start from elsewhere. */
export interface EfiLoader {
  /** As the firmware's menu calls it. */
  readonly label: string;
  readonly path: string;
  /** Files that have to lie in the same folder, where they exist: shim starts the grubx64.efi beside it. */
  readonly beside: readonly string[];
  /** Whether a newer one replaces an older copy of it; otherwise what is there is left alone. */
  readonly renews: boolean;
}

const WINDOWS: EfiLoader = {
  label: 'Windows Boot Manager',
  path: 'EFI/Microsoft/Boot/bootmgfw.efi',
  beside: [],
  renews: true,
};

/** Folders that distributions install themselves into; each is also the name of its entry. */
const VENDORS = ['debian', 'ubuntu', 'fedora', 'opensuse', 'sles', 'redhat', 'centos', 'rocky', 'almalinux'];

const SYSTEMD: EfiLoader = {
  label: 'Linux Boot Manager',
  path: 'EFI/systemd/systemd-bootx64.efi',
  beside: [],
  renews: false,
};

/** In the order they are looked for: one that starts the others first is rare, and Windows' is the one that is missed. */
export const EFI_LOADERS: readonly EfiLoader[] = [
  WINDOWS,
  ...VENDORS.flatMap((vendor): EfiLoader[] => [
    {
      label: vendor,
      path: `EFI/${vendor}/shimx64.efi`,
      beside: ['grubx64.efi', 'mmx64.efi'],
      renews: false,
    },
    { label: vendor, path: `EFI/${vendor}/grubx64.efi`, beside: [], renews: false },
  ]),
  SYSTEMD,
];
