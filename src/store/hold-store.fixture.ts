/** Run as a process of its own by a test: takes a store's folder, says so, and holds it until killed. */
import { generateSigningKey } from '../image/index.ts';
import { FolderStore } from './folder-store.ts';

const [folder = ''] = process.argv.slice(2);
await new FolderStore({ folder, signingKey: generateSigningKey() }).start();
console.log('started');
setInterval(() => console.log('holding'), 60_000);
