import type { Delivery } from './deliver.ts';

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

/** Whom a file of a Linux volume belongs to, and who may do what with it. */
export interface PosixAttributes {
  /** The lower twelve bits: permissions, set-user-id, set-group-id, sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** One file as it has to be after personalising. Folders on the way are made where they are missing. */
export interface Edit {
  readonly kind?: 'file';
  /** From the root of the volume, in the spelling of what exists there. */
  readonly path: readonly string[];
  /**
   * Null when there was no such file (also where a symbolic link stands in its place, which is replaced, never
   * followed). Equal to `after` when there is nothing to do.
   */
  readonly before: Uint8Array | null;
  readonly after: Uint8Array;
  /** In words, for the report. */
  readonly why: string;
  /** Who may read a new file in Windows. Only SYSTEM and administrators may ever change it. */
  readonly readers: 'administrators' | 'everyone';
  /** On Linux. Absent: an old file keeps what it has, a new one is root's, 0644 or 0600 by `readers`. */
  readonly attributes?: PosixAttributes;
  /** What the file has now, as the view says; absent when there is none. */
  readonly attributesBefore?: PosixAttributes;
}

/** A file or a whole folder that must not be there; only planned where it is. Links in it are not followed. */
export interface Removal {
  readonly kind: 'removal';
  readonly path: readonly string[];
  readonly why: string;
  /** Every file is overwritten before it goes, so that its content is not found in free space. */
  readonly secret: boolean;
}

/** A symbolic link as it has to be, on Linux. It replaces a file or another link of that name. */
export interface SymbolicLink {
  readonly kind: 'link';
  readonly path: readonly string[];
  /** Where it leads now; null when there is no link of that name. */
  readonly before: string | null;
  readonly target: string;
  readonly why: string;
}

/** A folder that has to be there, with what is in it. */
export interface Folder {
  readonly kind: 'folder';
  readonly path: readonly string[];
  /** Whether it is there already. */
  readonly exists: boolean;
  readonly readers: 'administrators' | 'everyone';
  /** On Linux. Absent: an old folder keeps what it has, a new one is root's, 0755 or 0700 by `readers`. */
  readonly attributes?: PosixAttributes;
  readonly attributesBefore?: PosixAttributes;
  readonly why: string;
}

/** Everything that can be done to a volume. */
export type Change = Edit | Removal | SymbolicLink | Folder;

/** Most planners write files only; one that does more returns `PersonalisePlan<Change>`. Carried out in order. */
export interface PersonalisePlan<C extends Change = Edit> {
  readonly edits: readonly C[];
  /** What a technician should know although the host will work. */
  readonly warnings: readonly string[];
}

export interface PersonaliseReport extends PersonalisePlan<Change> {
  /** What was really written, one sentence each; empty when everything was in place already. */
  readonly changes: readonly string[];
  /** A Linux volume: names that differ by case are different names. */
  readonly mindCase: boolean;
  /** Files of the share that were brought, or were there. */
  readonly deliveries: readonly Delivery[];
}

/** A file or folder of the volume, as far as it was read. */
export type Entry = FolderEntry | FileEntry;

export interface FolderEntry {
  readonly kind: 'folder';
  readonly name: string;
  /** Null when it was not listed. */
  readonly entries: readonly Entry[] | null;
  /** On the root of a Linux volume: names that differ by case are different names. */
  readonly mindsCase?: true;
  /** Of what was listed on a Linux volume. */
  readonly attributes?: PosixAttributes;
}

export interface FileEntry {
  readonly kind: 'file';
  readonly name: string;
  /** Null when it was not read. */
  readonly bytes: Uint8Array | null;
  /** Where a symbolic link (of Windows: a junction too) leads; such an entry has no bytes. */
  readonly target?: string;
  /** Of what was read on a Linux volume. */
  readonly attributes?: PosixAttributes;
}

/** Whether an edit changes anything. */
export function isChange(change: Change): boolean {
  switch (change.kind) {
    case 'removal':
      return true;
    case 'link':
      return change.before !== change.target;
    case 'folder':
      return !change.exists || changesAttributes(change);
    default:
      return (
        change.before === null ||
        Buffer.compare(change.before, change.after) !== 0 ||
        changesAttributes(change)
      );
  }
}

function changesAttributes({ attributes, attributesBefore }: Edit | Folder): boolean {
  if (attributes === undefined) return false;
  return (
    attributes.mode !== attributesBefore?.mode ||
    attributes.uid !== attributesBefore.uid ||
    attributes.gid !== attributesBefore.gid
  );
}
