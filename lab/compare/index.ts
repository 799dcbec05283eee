export { type DiskFacts, readDisk } from './disk.ts';
export { type Difference, describe, differences, type FactSheet } from './facts.ts';
