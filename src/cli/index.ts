export { EXIT, type ExitCode } from './exit-codes.ts';
export { runCli } from './program.ts';
export type { Surroundings } from './session.ts';
export type { Terminal } from './terminal.ts';
