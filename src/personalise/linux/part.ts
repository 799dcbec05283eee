import type { HostSettings } from '../settings.ts';
import type { Change, FolderEntry } from '../types.ts';
import type { LinuxFacts } from './facts.ts';
import type { FirstBootTask } from './first-boot/task.ts';

/** All that one part of the plan is made from. */
export interface Context {
  readonly settings: HostSettings;
  readonly facts: LinuxFacts;
  readonly view: FolderEntry;
}

/** What one part of the plan adds to it. */
export interface Part {
  readonly edits?: readonly Change[];
  readonly warnings?: readonly string[];
  /** What cannot be done to a disk that lies still, and is done by the host at its first boot. */
  readonly tasks?: readonly FirstBootTask[];
}

/** One thing that the plan sees to. */
export interface Planner {
  /** Files it reads, and folders (`/etc/ssh/*`) it lists, as far as the view tells already. */
  readonly paths: (settings: HostSettings, view: FolderEntry) => readonly string[];
  readonly plan: (context: Context) => Part;
}
