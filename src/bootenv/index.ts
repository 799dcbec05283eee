export type { BuildOptions } from './build.ts';
export { buildBootEnvironment } from './build.ts';
export type { BootEnvironmentState } from './describe.ts';
export { describeBootEnvironment } from './describe.ts';
export type { AliasTable, PciId } from './kernel/aliases.ts';
export { needsExtraLayer, parseBusId } from './kernel/aliases.ts';
export type { Tool } from './recipe/tools.ts';
export { toolLinks, tools } from './recipe/tools.ts';
export type { BootEnvironment, BootFile, BootFileName, BuildProgress } from './types.ts';
