export { type AgentOptions, runAgent } from './agent.ts';
export type { Size } from './console/stack.ts';
export type { Terminal } from './console/terminal.ts';
export type { Power } from './power.ts';
