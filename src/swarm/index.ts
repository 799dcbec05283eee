export { Scheduler } from './scheduler/scheduler.ts';
export type {
  Assignment,
  ChunkNumbers,
  Done,
  Failed,
  FailureWhy,
  JoinFacts,
  PeerId,
  SchedulerOptions,
  SourceId,
  Verdict,
} from './scheduler/types.ts';
