/** A size for people who compare two disks: `14.9 GiB (16,008,609,792 bytes)`. */
export function inWords(bytes: number): string {
  return `${(bytes / 1_073_741_824).toFixed(1)} GiB (${bytes.toLocaleString('en-GB')} bytes)`;
}
