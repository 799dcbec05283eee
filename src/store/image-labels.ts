import { createHash } from 'node:crypto';
import { z } from 'zod';
import { MimeoError, toMimeoError } from '../errors.ts';
import { checkLabel, labelFault } from '../image/index.ts';
import type { IndexShelf } from './shelf.ts';

const LabelsFile = z.record(
  z.string().refine((label) => labelFault(label) === null),
  z.int().positive(),
);

/**
 * What the labels of an image stand for. They are kept in one file beside its indexes: the SHA-256 of the second
 * line, and the second line, a JSON object of label and version. A damaged file is as good as none, and reported:
 * a label must not move to another version by itself, nor may it hide an image.
 */
export class ImageLabels {
  readonly #indexes: IndexShelf;
  readonly #onProblem: (error: MimeoError) => void;

  constructor(indexes: IndexShelf, onProblem: (error: MimeoError) => void) {
    this.#indexes = indexes;
    this.#onProblem = onProblem;
  }

  /** The labels of a version, sorted. */
  async of(name: string, version: number): Promise<string[]> {
    return labelsOf(await this.read(name), version);
  }

  /** The labels of an image, and the version that each stands for. */
  async read(name: string): Promise<ReadonlyMap<string, number>> {
    const bytes = await this.#indexes.readNote(name, 'labels');
    if (bytes === null) return new Map();
    const labels = decodeLabels(bytes);
    if (labels !== null) return labels;
    const next = 'Set the labels again with `mimeo image label`.';
    this.#onProblem(new MimeoError('index-damaged', `The labels of image ${name} cannot be read.`, { next }));
    return new Map();
  }

  /** As `read`; for lists, which show the images also when the disk does not give their labels. */
  async readOrReport(name: string): Promise<ReadonlyMap<string, number>> {
    try {
      return await this.read(name);
    } catch (error) {
      this.#onProblem(toMimeoError(error));
      return new Map();
    }
  }

  /** Null takes the label away. @throws MimeoError `image-label` */
  async set(name: string, label: string, version: number | null): Promise<void> {
    checkLabel(label);
    const labels = new Map(await this.read(name));
    for (const one of labels.keys()) if (one.toLowerCase() === label.toLowerCase()) labels.delete(one);
    if (version !== null) labels.set(label, version);
    await this.#indexes.writeNote(name, 'labels', labels.size === 0 ? null : encodeLabels(labels));
  }

  /** Takes all labels of a version away. */
  async drop(name: string, version: number): Promise<void> {
    const labels = await this.read(name);
    const left = new Map([...labels].filter(([, one]) => one !== version));
    if (left.size === labels.size) return;
    await this.#indexes.writeNote(name, 'labels', left.size === 0 ? null : encodeLabels(left));
  }
}

/** Those that stand for a version, sorted. */
export function labelsOf(labels: ReadonlyMap<string, number>, version: number): string[] {
  return [...labels]
    .filter(([, one]) => one === version)
    .map(([label]) => label)
    .sort();
}

function encodeLabels(labels: ReadonlyMap<string, number>): Buffer {
  const line = JSON.stringify(Object.fromEntries(labels));
  return Buffer.from(`${hashOf(line)}\n${line}\n`);
}

function decodeLabels(bytes: Buffer): ReadonlyMap<string, number> | null {
  const [hash, line, end, ...more] = bytes.toString().split('\n');
  if (line === undefined || end !== '' || more.length > 0 || hash !== hashOf(line)) return null;
  try {
    return new Map(Object.entries(LabelsFile.parse(JSON.parse(line))));
  } catch {
    return null;
  }
}

function hashOf(line: string): string {
  return createHash('sha256').update(line).digest('hex');
}
