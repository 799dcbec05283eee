export * from './host.ts';
export * from './image.ts';
export * from './import.ts';
export * from './personalise.ts';
export * from './server.ts';
export * from './store.ts';
export * from './swarm.ts';
export * from './task.ts';
