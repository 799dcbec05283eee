export { type AgentOptions, runAgent } from './agent.ts';
export type { Size } from './console/stack.ts';
export type { Terminal } from './console/terminal.ts';
export { sendLongPackets } from './long-packets.ts';
export type { Power } from './power.ts';
export { ServerLink } from './server-link/server-link.ts';
export type { RoundParts } from './swarm/round-parts.ts';
export { SwarmRound } from './swarm/swarm-round.ts';
