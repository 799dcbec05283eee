/** Run as a process of its own by a test: takes a store's folder, says so, and holds it until killed. */
import { generateSigningKey } from '../image/index.ts';
import { FolderStore } from './folder-store.ts';

const [folder = ''] = process.argv.slice(2);
const store = new FolderStore({ folder, signingKey: generateSigningKey() });
await store.start();
console.log('started');
// Holds the store object too: its lock would go with it.
setInterval(() => void store.list(), 60_000);
