/**
 * What is taken from Debian. Tools come with everything they depend on; of the others only the package
 * itself is fetched, as the kernel would otherwise bring systemd and an initramfs generator along.
 */

/** The Debian release the boot environment is made from, whatever the server itself runs. */
export const SUITE = 'trixie';

export const ARCHITECTURE = 'amd64';

/** Packages whose programs run on the host, resolved with their dependencies. */
export const toolPackages: readonly string[] = [
  'attr',
  'btrfs-progs',
  'busybox-static',
  'chntpw',
  'dosfstools',
  'e2fsprogs',
  'efibootmgr',
  'fatresize',
  'fdisk',
  'kbd',
  'kmod',
  'libc-bin',
  'libstdc++6',
  'liburcu8t64',
  'mount',
  'ntfs-3g',
  'util-linux',
];

/** Packages that only the build uses, run from the same unpacked tree; the server needs none installed. */
export const buildPackages: readonly string[] = ['binutils', 'squashfs-tools', 'xz-utils'];

/** Fetched without what they depend on. */
export const plainPackages: readonly string[] = [
  'console-setup-linux',
  'firmware-bnx2',
  'firmware-bnx2x',
  'firmware-intel-misc',
  'firmware-linux-free',
  'firmware-misc-nonfree',
  'firmware-myricom',
  'firmware-netxen',
  'firmware-qlogic',
  'firmware-realtek',
  'ipxe',
  'xfsprogs',
];

/** Depends on the kernel package of the day. */
export const KERNEL_METAPACKAGE = 'linux-image-amd64';
