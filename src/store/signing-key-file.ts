import type { KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { writeDurably } from '../durable-file.ts';
import { exportSigningKey, generateSigningKey, importSigningKey } from '../image/index.ts';
import { errorCode, storeError } from './store-error.ts';

/**
 * The server's signing key from its file (PEM, readable by its owner only), made at the first call. It must
 * never be made anew while images signed with it are in use.
 * @throws MimeoError `index-untrusted` when the file holds something else, `store-failed` when it cannot be read
 */
export async function loadSigningKey(path: string): Promise<KeyObject> {
  try {
    return importSigningKey(await readFile(path, 'utf8'));
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw storeError(error, `read its signing key ${path}`);
  }
  const key = generateSigningKey();
  await writeDurably(path, exportSigningKey(key), { mode: 0o600 });
  return key;
}
