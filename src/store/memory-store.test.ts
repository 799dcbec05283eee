import { storeContract } from './contract.ts';
import { MemoryStore } from './memory-store.ts';

storeContract('memory', async (signingKey, onProblem) => {
  const store = new MemoryStore({ signingKey, onProblem });
  return {
    store,
    alterChunk: (id, bytes) => store.alterChunk(id, bytes),
    alterIndex: (name, version, bytes) => store.alterIndex(name, version, bytes),
    close: () => Promise.resolve(),
  };
});
