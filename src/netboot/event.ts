/** What kinds of things happen to a host before its agent runs. */
export type NetbootEventKind =
  /** It was overheard doing something of its own, such as taking an address from the site's DHCP server. */
  | 'dhcp-seen'
  | 'dhcp-answered'
  /** It asked to network-boot and got no answer; the words say why. */
  | 'dhcp-ignored'
  /** An answer could not be sent. */
  | 'dhcp-failed'
  /** It kept loading the boot program without ever becoming iPXE and is left alone for a while. */
  | 'loop-stopped'
  | 'tftp-started'
  | 'tftp-done'
  /** It only asked how large a file is, which firmware does before loading it. */
  | 'tftp-sized'
  /** It asked for something we do not give. */
  | 'tftp-refused'
  | 'tftp-failed';

/** One line of a host's timeline: a packet or a file it asked for, in words. */
export interface NetbootEvent {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly kind: NetbootEventKind;
  /** `aa:bb:cc:dd:ee:ff`; null where only an address is known. */
  readonly mac: string | null;
  /** SMBIOS UUID in lower case; null where the packet had none. */
  readonly uuid: string | null;
  /** What the machine says it is: `BIOS`, `UEFI 64-bit` …; null where unknown. */
  readonly arch: string | null;
  /** The host's IPv4 address; null while it has none. */
  readonly address: string | null;
  /** The file or URL it asked for or was told to load. */
  readonly file: string | null;
  /** A clause whose subject is the host, or a whole sentence; for a technician. */
  readonly words: string;
}

/** Takes every event; called from socket handlers, so it must neither throw nor take long. */
export type NetbootListener = (event: NetbootEvent) => void;
