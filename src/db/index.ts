export type { CommitLog } from './commit-log.ts';
export { type Database, openDatabase } from './database.ts';
export { EventRepository, type EventRow } from './events.ts';
export { HostRepository, type HostRow, type HostValues } from './hosts.ts';
export { type DoubledRow, ManifestRepository } from './manifest.ts';
export { SecretRepository, type SessionRow } from './secrets.ts';
export { SettingsRepository } from './settings.ts';
export { type DeploymentRow, type TaskDisk, TaskRepository, type TaskRow } from './tasks.ts';
