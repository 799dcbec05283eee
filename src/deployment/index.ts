export { ASK_AGAIN_MS, type BootChoice, type BootFacts, chooseBoot } from './boot-choice.ts';
export { FREE_NETWORK, type NetworkUse } from './network-use.ts';
export {
  ALIVE_MS,
  BOOT_SILENCE_MS,
  GIVE_UP_MS,
  MAX_ATTEMPTS,
  MAX_BOOTS,
  reduce,
  SILENCE_MS,
} from './reduce.ts';
export { type DeploymentSummary, summarise } from './summary.ts';
export {
  ENDED,
  newTask,
  type TaskEffect,
  type TaskEvent,
  type TaskFailure,
  type TaskKind,
  type TaskPhase,
  type TaskProgress,
  type TaskState,
  type TaskStatus,
} from './task.ts';
