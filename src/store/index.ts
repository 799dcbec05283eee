export { FolderStore, type FolderStoreOptions } from './folder-store.ts';
export { MAX_FRAME_BYTES, openFrame } from './frame.ts';
export { MemoryStore } from './memory-store.ts';
export type {
  CaptureSession,
  ImageStore,
  ImageSummary,
  PinnedImage,
  Reclaimed,
  Store,
} from './port.ts';
export { loadSigningKey } from './signing-key-file.ts';
