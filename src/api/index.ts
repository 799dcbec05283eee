export { createApp } from './app.ts';
export { markLocal } from './callers.ts';
export * from './schemas/index.ts';
export type { ServerFacts, Services } from './services.ts';
export { warmUp } from './warm-up.ts';
