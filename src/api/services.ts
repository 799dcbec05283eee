import type {
  Access,
  AgentSessions,
  AgentWork,
  Captures,
  DeployPreviews,
  EventHub,
  HostBoot,
  HostDirectory,
  HostExplanations,
  HostFiles,
  ImageAccess,
  ImageCostBook,
  ImageLibrary,
  ManifestWatch,
  NetbootTimeline,
  Orders,
  SavedTables,
  ScreenQuestion,
  SendLimits,
  StoreDamage,
  StoreJobs,
  StoreSchedule,
  SwarmDesk,
  TaskBoard,
  Uploads,
} from '../control/index.ts';
import type { EventRepository } from '../db/index.ts';
import type { ImageStore } from '../store/index.ts';

/** What the routes call. Each route file takes only what it uses. */
export interface Services {
  readonly access: Access;
  readonly board: TaskBoard;
  readonly boot: HostBoot;
  readonly captures: Captures;
  readonly costs: ImageCostBook;
  readonly directory: HostDirectory;
  readonly events: EventRepository;
  readonly explanations: HostExplanations;
  readonly hostFiles: HostFiles;
  readonly hub: EventHub;
  readonly images: ImageAccess;
  readonly library: ImageLibrary;
  readonly manifest: ManifestWatch;
  readonly orders: Orders;
  readonly previews: DeployPreviews;
  readonly question: ScreenQuestion;
  readonly savedTables: SavedTables;
  readonly sendLimits: SendLimits;
  readonly sessions: AgentSessions;
  readonly store: ImageStore;
  readonly storeDamage: StoreDamage;
  readonly storeJobs: StoreJobs;
  readonly storeSchedule: StoreSchedule;
  readonly swarm: SwarmDesk;
  readonly timeline: NetbootTimeline;
  readonly uploads: Uploads;
  readonly work: AgentWork;
}

/** Facts of this server that the routes show or hand out. */
export interface ServerFacts {
  readonly version: string;
  readonly startedAt: number;
  readonly interface: string;
  readonly address: string;
  /** The site's own DHCP servers as far as they have answered. */
  readonly dhcpServers: () => readonly string[];
  readonly httpBase: string;
  /** Public keys that sign indexes, base64url. */
  readonly indexKeys: readonly string[];
  /** Folder with vmlinuz, initrd.img and their companions. */
  readonly bootFolder: string;
}
