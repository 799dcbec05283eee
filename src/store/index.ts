export { type ChunkCopies, copiesIn } from './chunk-copies.ts';
export type { FileFacts, NewFile, StoreFiles } from './files.ts';
export { FolderStore, type FolderStoreOptions } from './folder-store.ts';
export { MemoryStore } from './memory-store.ts';
export { nodeFiles } from './node-files.ts';
export type {
  CaptureSession,
  ImageStore,
  ImageSummary,
  LocalCaptureSession,
  PinnedImage,
  Reclaimed,
  Store,
} from './port.ts';
export { loadSigningKey } from './signing-key-file.ts';
export type {
  ChunkProgress,
  DamagedImage,
  GarbageOptions,
  GarbageReport,
  ScrubOptions,
  ScrubReport,
  StoreUpkeep,
  StoreUsage,
  VerifyOptions,
  VerifyReport,
} from './upkeep-port.ts';
