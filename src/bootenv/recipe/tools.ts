/** A program of the root filesystem, by its path in the unpacked packages, and why a host needs it. */
export interface Tool {
  readonly path: string;
  readonly why: string;
}

/** The build fails when one of these is missing or lacks a shared library. */
export const tools: readonly Tool[] = [
  { path: 'usr/bin/busybox', why: 'shell, DHCP client, reboot and the small commands of init' },
  { path: 'usr/bin/kmod', why: 'modprobe: drivers by alias, many in one call' },
  { path: 'usr/bin/setfont', why: 'large letters on screens of many pixels' },
  { path: 'usr/sbin/sfdisk', why: 'reads and writes MBR and GPT partition tables' },
  { path: 'usr/sbin/blockdev', why: 'sizes, flush, re-read of the partition table' },
  { path: 'usr/sbin/losetup', why: 'loop devices over files and partitions' },
  { path: 'usr/bin/lsblk', why: 'disks as JSON: model, serial, transport, partitions' },
  { path: 'usr/sbin/wipefs', why: 'finds and clears old signatures' },
  { path: 'usr/bin/partx', why: 'tells the kernel of single partitions while others are in use' },
  { path: 'usr/bin/mount', why: 'mounts with every option of libmount and the ntfs-3g helper' },
  { path: 'usr/bin/umount', why: 'unmounts, also fuse' },
  { path: 'usr/sbin/blkid', why: 'which filesystem is on a partition' },
  { path: 'usr/sbin/switch_root', why: 'named by the rescue instructions' },
  { path: 'usr/sbin/mkswap', why: 'a swap partition is made again, not copied' },
  { path: 'usr/sbin/swaplabel', why: 'keeps the UUID that fstab names' },
  { path: 'usr/bin/ntfs-3g', why: 'mounts NTFS with permissions and streams' },
  { path: 'usr/bin/lowntfs-3g', why: 'mounts NTFS with names in any case' },
  { path: 'usr/bin/setfattr', why: 'gives new folders on NTFS their security descriptor' },
  { path: 'usr/bin/ntfs-3g.probe', why: 'says hibernated or dirty before a mount' },
  { path: 'usr/bin/ntfsfix', why: 'checks NTFS, clears the dirty mark after our own writes' },
  { path: 'usr/bin/ntfsinfo', why: 'volume state, cluster size, serial' },
  { path: 'usr/bin/ntfscat', why: 'reads a file without a mount' },
  { path: 'usr/bin/ntfscluster', why: 'where the clusters of pagefile.sys lie' },
  { path: 'usr/bin/ntfsls', why: 'lists folders without a mount' },
  { path: 'usr/bin/ntfssecaudit', why: 'sets and checks security descriptors' },
  { path: 'usr/sbin/ntfsresize', why: 'grows or shrinks NTFS to the target' },
  { path: 'usr/sbin/ntfslabel', why: 'volume label and serial' },
  { path: 'usr/sbin/mkntfs', why: 'an empty NTFS to unpack a WIM into' },
  { path: 'usr/sbin/reged', why: 'edits registry hives' },
  { path: 'usr/bin/efibootmgr', why: 'EFI boot entries' },
  { path: 'usr/sbin/e2fsck', why: 'checks ext before a resize, which demands it' },
  { path: 'usr/sbin/resize2fs', why: 'grows or shrinks ext' },
  { path: 'usr/sbin/tune2fs', why: 'reads and sets ext UUID and features' },
  { path: 'usr/sbin/mke2fs', why: 'makes ext' },
  { path: 'usr/sbin/mkfs.fat', why: 'makes an EFI system partition' },
  { path: 'usr/sbin/fsck.fat', why: 'checks FAT' },
  { path: 'usr/sbin/fatlabel', why: 'FAT label and serial' },
  { path: 'usr/sbin/xfs_growfs', why: 'grows XFS' },
  { path: 'usr/bin/btrfs', why: 'grows Btrfs' },
  { path: 'usr/sbin/fatresize', why: 'grows or shrinks FAT' },
];

/** Other names of the programs above: link to target, both as a host sees them. */
export const toolLinks: Readonly<Record<string, string>> = {
  'usr/sbin/modprobe': '../bin/kmod',
  'usr/sbin/modinfo': '../bin/kmod',
  'usr/sbin/lsmod': '../bin/kmod',
  'usr/sbin/insmod': '../bin/kmod',
  'usr/sbin/rmmod': '../bin/kmod',
  'usr/sbin/mount.ntfs': '../bin/ntfs-3g',
  'usr/sbin/mount.ntfs-3g': '../bin/ntfs-3g',
  'usr/sbin/mount.lowntfs-3g': '../bin/lowntfs-3g',
  'usr/sbin/mkfs.ntfs': 'mkntfs',
  'usr/sbin/mkfs.ext2': 'mke2fs',
  'usr/sbin/mkfs.ext3': 'mke2fs',
  'usr/sbin/mkfs.ext4': 'mke2fs',
  'usr/sbin/mkfs.vfat': 'mkfs.fat',
  'usr/sbin/fsck.vfat': 'fsck.fat',
  'usr/sbin/fsck.ext4': 'e2fsck',
};

/** Data that the programs read, copied as it is when it exists in the packages. */
export const dataPaths: readonly string[] = [
  'etc/mke2fs.conf',
  'usr/lib/locale/C.utf8',
  'usr/lib/x86_64-linux-gnu/gconv/gconv-modules',
  'usr/lib/x86_64-linux-gnu/gconv/gconv-modules.d',
  'usr/lib/x86_64-linux-gnu/gconv/IBM437.so',
  'usr/lib/x86_64-linux-gnu/gconv/IBM850.so',
  'usr/lib/x86_64-linux-gnu/gconv/UTF-16.so',
];

/** A console font of 16 by 32 pixels, for screens that have many small ones. */
export const LARGE_FONT = 'usr/share/consolefonts/Lat15-TerminusBold32x16.psf.gz';
