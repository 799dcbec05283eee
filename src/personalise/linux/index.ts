export type { LinuxFacts } from './facts.ts';
export { pathsOfLinux, planLinux } from './plan.ts';
