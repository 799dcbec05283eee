import { join } from 'node:path';
import type { Services } from '../api/index.ts';
import type { AliasTable } from '../bootenv/index.ts';
import type { Clock } from '../clock.ts';
import {
  Access,
  AgentSessions,
  AgentWork,
  Captures,
  ChunkLists,
  DeployPreviews,
  EventHub,
  HostBoot,
  HostDirectory,
  HostExplanations,
  HostFiles,
  HostProfiles,
  ImageAccess,
  ImageCostBook,
  ImageLibrary,
  LoopLoad,
  ManifestWatch,
  NetbootTimeline,
  Orders,
  SavedTables,
  ScreenQuestion,
  SendLimits,
  StoreDamage,
  StoreJobs,
  StoreSchedule,
  SwarmBook,
  SwarmDesk,
  TaskBoard,
  Uploads,
} from '../control/index.ts';
import {
  type Database,
  EventRepository,
  HostRepository,
  ManifestRepository,
  SecretRepository,
  SettingsRepository,
  TaskRepository,
} from '../db/index.ts';
import { ProfileShare } from '../personalise/index.ts';
import type { ImageStore } from '../store/index.ts';
import { Scheduler } from '../swarm/index.ts';

export interface WiringOptions {
  readonly data: string;
  readonly db: Database;
  readonly store: ImageStore;
  readonly clock: Clock;
  readonly httpBase: string;
  /** Public key that signs indexes, base64url. */
  readonly indexKey: string;
  readonly extraAliases: AliasTable;
  readonly kernelWords: string;
  /** Told of faults that nobody waits for. */
  readonly onFault: (error: unknown) => void;
}

/** Makes every service and hands each what it needs. Nothing runs yet. */
export function wireServices(options: WiringOptions): Services {
  const { data, db, store, clock, httpBase, indexKey, extraAliases, kernelWords, onFault } = options;
  const events = new EventRepository(db);
  const hosts = new HostRepository(db);
  const tasks = new TaskRepository(db);
  const secrets = new SecretRepository(db);
  const hub = new EventHub({ events, clock });
  const directory = new HostDirectory({
    hosts,
    hub,
    clock,
    onMerged: (from, into) => {
      board.moveHost(from, into);
      sessions.forget(from);
    },
  });
  const board: TaskBoard = new TaskBoard({
    tasks,
    hub,
    clock,
    effects: {
      abandonCapture: (task) => captures.abandon(task),
      release: async (task) => {
        await images.release(task);
        // One that is done may still serve its neighbours, and says goodbye itself.
        if (task.state.status !== 'done') swarm.leave(task.host_id);
      },
    },
    onFault,
  });
  const images = new ImageAccess({ store, board, hub });
  const captures = new Captures({ store, images, board, hub });
  const sessions: AgentSessions = new AgentSessions({
    secrets,
    directory,
    board,
    hub,
    clock,
    indexKeys: [indexKey],
  });
  const share = join(data, 'share');
  const profiles = new HostProfiles(
    new ProfileShare({
      ...{ share, secrets: join(data, 'secrets'), hashes: join(data, 'share-hashes.json'), clock },
    }),
    share,
  );
  const previews = new DeployPreviews({ board, directory, images, profiles, store });
  const orders = new Orders({ tasks, board, directory, images, previews, hub, clock });
  const manifest = new ManifestWatch({
    path: join(share, 'manifest.csv'),
    manifest: new ManifestRepository(db),
    store,
    hub,
    clock,
  });
  const question = new ScreenQuestion({
    store,
    directory,
    sessions,
    manifest,
    orders,
    previews,
    board,
    secrets,
    hub,
    clock,
  });
  const settings = new SettingsRepository(db);
  const storeDamage = new StoreDamage({ settings, store });
  const storeJobs: StoreJobs = new StoreJobs({
    store,
    hub,
    clock,
    onDone: async (wish, outcome, at) => {
      if (wish.kind === 'scrub') await storeSchedule.noteScrubbed(at);
      await storeDamage.note(wish, outcome, at);
    },
    onFault,
  });
  const storeSchedule = new StoreSchedule({
    jobs: storeJobs,
    settings,
    clock,
    onFault,
  });
  const load = new LoopLoad();
  const swarm: SwarmDesk = new SwarmDesk({
    scheduler: new Scheduler(),
    lists: new ChunkLists({ images }),
    images,
    directory,
    tasks,
    board,
    book: new SwarmBook(),
    hub,
    clock,
    busy: () => load.since(),
    onFault,
  });
  return {
    access: new Access({ secrets, hub, clock }),
    board,
    boot: new HostBoot({
      directory,
      board,
      secrets,
      hub,
      clock,
      places: { httpBase, indexKey, extraAliases, kernelWords },
    }),
    captures,
    costs: new ImageCostBook({ store }),
    directory,
    events,
    explanations: new HostExplanations({ directory, store, profiles }),
    hostFiles: new HostFiles({ board, directory, profiles }),
    hub,
    images,
    library: new ImageLibrary({ store, images, directory, board, hub }),
    manifest,
    orders,
    previews,
    question,
    savedTables: new SavedTables(join(data, 'saved-tables')),
    sendLimits: new SendLimits({ tasks, clock }),
    sessions,
    store,
    storeDamage,
    storeJobs,
    storeSchedule,
    swarm,
    timeline: new NetbootTimeline({ directory, hub, clock }),
    uploads: new Uploads({ store, hub, clock, onFault }),
    work: new AgentWork({ sessions, board, directory, question, profiles, hub, clock }),
  };
}
