export type { LinuxFacts } from './facts.ts';
export { type LinuxPlan, pathsOfLinux, planLinux } from './plan.ts';
