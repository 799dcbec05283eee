import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../src/command.ts';
import { ROOT_UUID } from './layout.ts';
import { SUITE } from './mirror.ts';

const PACKAGES = [
  'systemd-sysv',
  'udev',
  'dbus',
  'openssh-server',
  'linux-image-amd64',
  'initramfs-tools',
  'iproute2',
  'kmod',
  'sudo',
  'locales',
  'tzdata',
];

/** What the workstations of the lab have; a whole initramfs would take the emulated processor half a minute more. */
const BOOT_MODULES = ['ahci', 'sd_mod', 'virtio_blk', 'virtio_pci', 'ext4'];
/** Drivers of hardware that the lab's workstations do not have, a third of the tree. */
const UNUSED = [
  'drivers/gpu',
  'drivers/media',
  'drivers/infiniband',
  'drivers/net/wireless',
  'drivers/staging',
  'sound',
];

const FILES: Readonly<Record<string, string>> = {
  'etc/hostname': 'linux-master\n',
  'etc/hosts': '127.0.0.1\tlocalhost\n127.0.1.1\tlinux-master\n::1\tlocalhost ip6-localhost ip6-loopback\n',
  'etc/fstab': `UUID=${ROOT_UUID} / ext4 errors=remount-ro 0 1\n`,
  'etc/systemd/network/80-dhcp.network': '[Match]\nName=en*\n\n[Network]\nDHCP=yes\nLinkLocalAddressing=no\n',
  'etc/initramfs-tools/conf.d/lab': 'MODULES=list\nCOMPRESS=lz4\n',
  'etc/initramfs-tools/modules': `${BOOT_MODULES.join('\n')}\n`,
  'var/lib/systemd/random-seed': 'the seed of the master, which every host would start with',
};

const GRUB_CFG = `set timeout=0
menuentry "Debian" {
  search --no-floppy --fs-uuid --set=root ${ROOT_UUID}
  linux /vmlinuz root=UUID=${ROOT_UUID} ro quiet console=ttyS0
  initrd /initrd.img
}
`;

/** What debootstrap mounts in the tree is gone with it, also when it is killed. */
const APART = ['unshare', '--mount', '--propagation', 'private'];

/** A Debian that has been installed and has run: with an id, SSH keys and a name, as a master has them. */
export async function buildTree(tree: string, mirror: string): Promise<void> {
  await run([
    ...APART,
    'debootstrap',
    '--variant=minbase',
    `--include=${PACKAGES.join(',')}`,
    SUITE,
    tree,
    mirror,
  ]);
  for (const [path, text] of Object.entries(FILES)) await writeFile(join(tree, path), text);
  const inTree = (...argv: string[]): Promise<unknown> =>
    run([...APART, 'chroot', tree, ...argv], { env: { LC_ALL: 'C' } });
  await inTree('systemctl', 'enable', 'systemd-networkd.service', 'systemd-networkd-wait-online.service');
  // They would ask mirrors for news while a test runs.
  await inTree('systemctl', 'mask', 'apt-daily.timer', 'apt-daily-upgrade.timer');
  for (const kernel of await readdir(join(tree, 'lib/modules'))) {
    const modules = join(tree, 'lib/modules', kernel, 'kernel');
    for (const folder of UNUSED) await rm(join(modules, folder), { recursive: true, force: true });
    await inTree('depmod', kernel);
  }
  await inTree('update-initramfs', '-u', '-k', 'all');
  await run(['mkdir', '-p', join(tree, 'boot/grub')]);
  await writeFile(join(tree, 'boot/grub/grub.cfg'), GRUB_CFG);
  for (const path of [
    'var/cache/apt',
    'var/lib/apt/lists',
    'usr/share/doc',
    'usr/share/man',
    'usr/share/locale',
  ]) {
    await rm(join(tree, path), { recursive: true, force: true });
  }
}
