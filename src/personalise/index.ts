export { type Applied, apply } from './apply.ts';
export { inspectVolume, personalise, plan, type VolumeKind } from './personalise.ts';
export { readView } from './read-view.ts';
export { makeRegistryFile, type RegistryFile } from './registry/make-registry-file.ts';
export type {
  Edit,
  FolderEntry,
  PersonaliseOrder,
  PersonalisePlan,
  PersonaliseReport,
  RegistryTemplate,
} from './types.ts';
export { verify } from './verify.ts';
