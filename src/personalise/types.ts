/** What makes a deployed disk this host's own, as the server sends it: plain data. */
export interface PersonaliseOrder {
  readonly computerName: string;
  /** What templates may ask for: `host.name`, `lab.name`, `host.mac`, `host.serial`, `image.name`… */
  readonly fields: Readonly<Record<string, string>>;
  /** The .reg files of the share, in the order of their import. */
  readonly registryFiles: readonly RegistryTemplate[];
}

export interface RegistryTemplate {
  /** As it is named in the share, for example `school.reg`. */
  readonly name: string;
  /** Base64 of the file's bytes. */
  readonly content: string;
}

/** One file as it has to be after personalising. Folders on the way are made where they are missing. */
export interface Edit {
  /** From the root of the volume, in the spelling of what exists there. */
  readonly path: readonly string[];
  /** Null when the file did not exist. Equal to `after` when there is nothing to do. */
  readonly before: Uint8Array | null;
  readonly after: Uint8Array;
  /** In words, for the report. */
  readonly why: string;
  /** Who may read a new file in Windows. Only SYSTEM and administrators may ever change it. */
  readonly readers: 'administrators' | 'everyone';
}

export interface PersonalisePlan {
  readonly edits: readonly Edit[];
  /** What a technician should know although the host will work. */
  readonly warnings: readonly string[];
}

export interface PersonaliseReport extends PersonalisePlan {
  /** What was really written, one sentence each; empty when everything was in place already. */
  readonly changes: readonly string[];
}

/** A file or folder of the volume, as far as it was read. */
export type Entry = FolderEntry | FileEntry;

export interface FolderEntry {
  readonly kind: 'folder';
  readonly name: string;
  /** Null when it was not listed. */
  readonly entries: readonly Entry[] | null;
}

export interface FileEntry {
  readonly kind: 'file';
  readonly name: string;
  /** Null when it was not read. */
  readonly bytes: Uint8Array | null;
}

/** Whether an edit changes anything. */
export function isChange(edit: Edit): boolean {
  return edit.before === null || Buffer.compare(edit.before, edit.after) !== 0;
}
