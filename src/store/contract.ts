import type { KeyObject } from 'node:crypto';
import { test } from 'node:test';
import type { MimeoError } from '../errors.ts';
import { type ChunkId, generateSigningKey } from '../image/index.ts';
import { contractOfCaptures } from './contract-captures.ts';
import { contractOfChunks } from './contract-chunks.ts';
import { contractOfGarbage } from './contract-garbage.ts';
import { contractOfImages } from './contract-images.ts';
import { contractOfInterleavings } from './contract-interleavings.ts';
import { contractOfNaming } from './contract-naming.ts';
import { contractOfUpkeep } from './contract-upkeep.ts';
import type { ImageStore } from './port.ts';

/** One store to test, and ways to do to it what a bad disk does. */
export interface StoreUnderTest {
  readonly store: ImageStore;
  /** Replaces a chunk's stored bytes, unchecked. */
  readonly alterChunk: (id: ChunkId, bytes: Uint8Array) => Promise<void>;
  /** Replaces or adds a stored index, unchecked. */
  readonly alterIndex: (name: string, version: number, bytes: Uint8Array) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Makes an empty store that signs with this key. */
export type MakeStore = (
  signingKey: KeyObject,
  onProblem: (error: MimeoError) => void,
) => Promise<StoreUnderTest>;

/** A test with a fresh store that is closed afterwards. */
export type StoreTest = (
  title: string,
  body: (under: StoreUnderTest & { key: KeyObject; problems: MimeoError[] }) => Promise<void>,
) => void;

/** What every adapter of the store keeps to; run by each adapter's test. */
export function storeContract(adapter: string, makeStore: MakeStore): void {
  const storeTest: StoreTest = (title, body) => {
    test(`${adapter}: ${title}`, async () => {
      const key = generateSigningKey();
      const problems: MimeoError[] = [];
      const under = await makeStore(key, (error) => problems.push(error));
      try {
        await body({ ...under, key, problems });
      } finally {
        await under.close();
      }
    });
  };
  contractOfChunks(storeTest);
  contractOfImages(storeTest);
  contractOfCaptures(storeTest);
  contractOfGarbage(storeTest);
  contractOfNaming(storeTest);
  contractOfUpkeep(storeTest);
  contractOfInterleavings(storeTest);
}
