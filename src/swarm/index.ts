export { ChunkRing, type RingStatistics } from './peer/chunk-ring.ts';
export { FetchFault, type FetchFaultWhy } from './peer/fetch-fault.ts';
export {
  AllFailed,
  type ChunkFrom,
  type FailedSource,
  type HedgedFrame,
  type HedgeOptions,
  hedgedFetch,
} from './peer/hedged-fetch.ts';
export { Pace } from './peer/pace.ts';
export { type FetchOptions, PeerClient } from './peer/peer-client.ts';
export { agreeSecret, type KeyPair, newKeyPair } from './peer/peer-secret.ts';
export { PeerServer, type PeerServerLimits, type PeerServerParts, type Served } from './peer/peer-server.ts';
export { type MemoryFacts, readMemoryFacts, ringBytes } from './peer/ring-bytes.ts';
export { type PairFacts, pairKey, sealPairKey, ticketFor } from './peer/ticket.ts';
export { fetchesAtATime, SENT_AT_A_TIME } from './scheduler/at-a-time.ts';
export { Scheduler } from './scheduler/scheduler.ts';
export {
  chunkNames,
  floorMs,
  type HostPlan,
  type LabPlan,
  type LabResult,
} from './scheduler/simulation/plan.ts';
export { SimulatedLab } from './scheduler/simulation/simulated-lab.ts';
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
