/** What can go wrong with disks, images and the store: rows of the one error table, sorted by code. */
export const diskErrors = {
  'capture-ended': { kind: 'permanent', next: 'Start the capture again.' },
  'chunk-damaged': {
    kind: 'permanent',
    next: 'The store sets a damaged chunk aside; capture the image again, or put the chunk back from another copy of the store.',
  },
  'chunk-missing': {
    kind: 'permanent',
    next: 'Capture the image again, or put the chunk back from another copy of the store.',
  },
  'disk-busy': { kind: 'permanent', next: 'Unmount it or end the program that uses it, then try again.' },
  'disk-dynamic': {
    kind: 'permanent',
    next: "Convert the master's disk to a basic disk (Windows does that to an empty one only), and capture it again.",
  },
  'disk-failed': {
    kind: 'permanent',
    next: 'Check the cable and the health of the disk (SMART); replace it if this comes again.',
  },
  'disk-lies': {
    kind: 'permanent',
    next: 'Replace this disk, or its cable or memory: it does not keep what is written to it.',
  },
  'disk-rule': {
    kind: 'permanent',
    next: 'Name it as /dev/sda, serial=…, model=…, nvme (sata, virtio, scsi, usb, mmc), size>=200GB or size<=1TB; several with commas.',
  },
  'disk-too-small': {
    kind: 'permanent',
    next: 'Choose a larger disk, or capture the master from a smaller partition.',
  },
  'export-no-room': { kind: 'transient', next: 'Free space there, or export to a larger disk.' },
  'export-target-exists': {
    kind: 'permanent',
    next: 'Name another file, or give the same command with --force to replace it.',
  },
  'image-exists': {
    kind: 'permanent',
    next: 'Choose another name, or rename or remove the image that has it.',
  },
  'image-held': {
    kind: 'permanent',
    next: 'Wait for these tasks to end, or cancel them with `mimeo task cancel`; then try again.',
  },
  'image-label': {
    kind: 'permanent',
    next: 'Use a letter (a-z) and then letters, digits, dot, dash and underscore, at most 32 characters.',
  },
  'image-missing': { kind: 'permanent', next: 'Choose one of the images that `mimeo image list` shows.' },
  'image-name': {
    kind: 'permanent',
    next: 'Use letters (a-z), digits, dot, dash and underscore, at most 64 characters; a version follows as `name@3`.',
  },
  'image-notes': { kind: 'permanent', next: 'Shorten the notes.' },
  'image-unassigned': {
    kind: 'permanent',
    next: 'Name one with `--image`, or add it to the manifest row of this machine.',
  },
  'import-damaged': {
    kind: 'permanent',
    next: 'Copy the file again from where it came, or make the image again there; nothing was imported.',
  },
  'import-no-room': {
    kind: 'transient',
    next: 'Free space there, or name a folder on a larger disk with --work-folder.',
  },
  'import-tool-missing': {
    kind: 'permanent',
    next: 'Install the package named above on the server (apt install …), then try again.',
  },
  'import-unknown': {
    kind: 'permanent',
    next: 'Name the folder of a Clonezilla or FOG image, or the image file; of a split one the first piece.',
  },
  'import-unsupported': {
    kind: 'permanent',
    next: 'Convert the file with the program that made it, or capture the disk itself.',
  },
  'index-damaged': {
    kind: 'permanent',
    next: 'Restore this file of the store from a backup, or capture the image again.',
  },
  'index-untrusted': {
    kind: 'permanent',
    next: 'Only deploy images of a server you trust; add its public key to the trusted keys if it is one.',
  },
  'keep-impossible': {
    kind: 'permanent',
    next: 'Deploy without keeping it (its files are lost then), or make room for the image with a partition editor first.',
  },
  'keep-missing': {
    kind: 'permanent',
    next: 'Name the partition by its number, its label or its GPT name, as the message lists them.',
  },
  'mount-read-only': {
    kind: 'permanent',
    next: 'Deploy the host again; if it stays, check and capture the master again.',
  },
  'no-disk': {
    kind: 'permanent',
    next: 'Check that the disk is enabled in the firmware setup (RAID and VMD modes hide disks), or name another.',
  },
  'sector-size-differs': {
    kind: 'permanent',
    next: 'Use a disk with the same sector size, or an image made from such a disk.',
  },
  'store-failed': {
    kind: 'transient',
    next: 'Look at the disk that holds the data folder (cable, health, mount), then try again.',
  },
  'store-full': {
    kind: 'transient',
    next: 'Delete images and run `mimeo store gc --now`, free other space on the disk that holds the data folder, or move the folder to a larger one; then try again.',
  },
  'store-locked': {
    kind: 'permanent',
    next: 'Stop the other Mimeo server, or give this one a data folder of its own.',
  },
  'table-unreadable': {
    kind: 'permanent',
    next: 'Check the disk; Mimeo images disks with an MBR or a GPT partition table.',
  },
  'table-unwritable': {
    kind: 'permanent',
    next: 'Move or remove the partition named above on the master with a partition editor, and capture it again.',
  },
  'upload-ended': {
    kind: 'permanent',
    next: 'Start the import again; one that says nothing for ten minutes ends, and so do all when the server restarts.',
  },
  'uploads-many': { kind: 'transient', next: 'Wait until one of them has ended.' },
  'volume-damaged': {
    kind: 'permanent',
    next: 'Start the master once, run chkdsk /f on the volume, shut it down and capture again.',
  },
  'volume-dirty': {
    kind: 'permanent',
    next: 'Start the master once, run chkdsk /f on the volume, shut it down with "shutdown /s /f /t 0" and capture again.',
  },
  'volume-hibernated': {
    kind: 'permanent',
    next: 'Start the master, run "powercfg /h off", shut it down with "shutdown /s /f /t 0" and capture again.',
  },
  'which-disk': { kind: 'permanent', next: 'Say which disk is meant, by its device, serial number or size.' },
} as const satisfies Record<string, { kind: 'permanent' | 'transient'; next: string }>;
