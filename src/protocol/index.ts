export * from './first-boot.ts';
export * from './hello.ts';
export * from './host-settings.ts';
export * from './inventory.ts';
export * from './problem.ts';
export * from './report.ts';
export * from './swarm.ts';
export * from './work.ts';
