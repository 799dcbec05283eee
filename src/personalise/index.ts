export { type Applied, apply, type VolumeOptions } from './apply.ts';
export { inspectVolume, personalise, plan, type VolumeKind } from './personalise.ts';
export { readView, type ViewOptions } from './read-view.ts';
export { makeRegistryFile, type RegistryFile } from './registry/make-registry-file.ts';
export type {
  Change,
  Edit,
  FileEntry,
  Folder,
  FolderEntry,
  PersonaliseOrder,
  PersonalisePlan,
  PersonaliseReport,
  PosixAttributes,
  RegistryTemplate,
  Removal,
  SymbolicLink,
} from './types.ts';
export { verify } from './verify.ts';
