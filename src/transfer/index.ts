export { captureDisk } from './capture-disk.ts';
export type { Captured, CaptureOptions } from './capture-options.ts';
export { deployDisk } from './deploy-disk.ts';
export type { DeployOptions, DeployReport, FinishOptions } from './deploy-options.ts';
export { fetchVerified } from './fetch-verified.ts';
export { finishDisk } from './finish-disk.ts';
export { type ImportOptions, importSource } from './import-source.ts';
export type { ChunkSink, ChunkSource, TransferProgress, Wanted } from './ports.ts';
