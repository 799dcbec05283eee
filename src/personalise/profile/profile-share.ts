import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import type { Clock } from '../../clock.ts';
import { MimeoError } from '../../errors.ts';
import type { RegistryTemplate } from '../types.ts';
import { HashBook } from './hash-book.ts';
import { type Material, materialProblems, needsOf, type ShareFolder } from './material.ts';
import { type ProfileProblem, profileError, profileProblemWords } from './problem.ts';
import { type Profiles, type ProfilesReading, readProfiles } from './profiles.ts';
import { readSecrets } from './secret-files.ts';
import { describeFile, findFolder, listFiles, type ShareFile } from './share-files.ts';
import { keyOf } from './wildcard.ts';

export interface ProfileShareOptions {
  /** The share: `profiles`, `registry`, `packages` and `drivers` are in it. None need be there. */
  readonly share: string;
  /** The folder of secrets, outside of the share. */
  readonly secrets: string;
  /** Where the hashes of files are remembered; null: in memory only. */
  readonly hashes: string | null;
  readonly clock: Pick<Clock, 'now'>;
}

/** The profiles and all that they name, read. */
export interface ShareReading {
  readonly profiles: Profiles;
  readonly material: Material;
  /** Whole sentences, with the place. */
  readonly warnings: readonly string[];
}

/** All .reg files together: more is a mistake, since they travel to every host with its order. */
const MAX_REGISTRY_BYTES = 4 * 1_048_576;

/** The share as far as personalising goes. */
export class ProfileShare {
  readonly #share: string;
  readonly #secrets: string;
  readonly #hashes: HashBook;
  #last: { readonly version: string; readonly reading: ProfilesReading } | null = null;

  constructor(options: ProfileShareOptions) {
    this.#share = options.share;
    this.#secrets = options.secrets;
    this.#hashes = new HashBook({ path: options.hashes, clock: options.clock });
  }

  /**
   * Reads everything anew; files that have not changed are neither parsed nor hashed again.
   *
   * @throws MimeoError `profile-invalid` with all problems, one per line
   */
  async read(): Promise<ShareReading> {
    const { problems, ...reading } = await this.check();
    if (problems.length > 0) throw profileError(problems);
    return reading;
  }

  /** The same, problems told and not thrown. */
  async check(): Promise<ShareReading & { readonly problems: readonly ProfileProblem[] }> {
    const { profiles, problems, warnings } = await this.#profiles();
    const { material, warnings: more } = await this.#material(profiles);
    return {
      profiles,
      material,
      problems: problems.length > 0 ? problems : materialProblems(profiles, material),
      warnings: [...warnings.map(profileProblemWords), ...more],
    };
  }

  /**
   * A folder of `packages` or `drivers` with the hash of each file; null when it is not there.
   *
   * @param path `/` between its parts; case says nothing
   */
  async folder(area: 'packages' | 'drivers', path: string): Promise<ShareFolder | null> {
    const root = join(this.#share, area);
    const found = await findFolder(root, path);
    if (found === null) return null;
    const files: ShareFolder['files'][number][] = [];
    for (const file of await listFiles(join(root, found))) {
      const sha256 = await this.#hashes.sha256(join(root, found, file.path), file);
      files.push({ path: file.path, bytes: file.bytes, sha256 });
    }
    return { path: found, files };
  }

  /**
   * The SHA-256 of one file, in hex.
   *
   * @param path below the area, in the spelling of the share
   * @throws the error of the filesystem when there is no such file
   */
  async sha256(area: 'packages' | 'drivers', path: string): Promise<string> {
    const root = join(this.#share, area);
    const absolute = resolve(root, path);
    if (!isInside(root, absolute)) {
      throw new MimeoError('profile-invalid', `${path} is not in the share's ${area}.`);
    }
    return this.#hashes.sha256(absolute, await describeFile(absolute, path));
  }

  async #profiles(): Promise<ProfilesReading> {
    const folder = join(this.#share, 'profiles');
    const files = (await listFiles(folder)).filter(({ path }) => /\.toml$/i.test(path));
    const version = files.map((file) => `${file.path}\0${file.version}`).join('\0');
    if (this.#last?.version === version) return this.#last.reading;
    const sheets = await Promise.all(
      files.map(async ({ path }) => ({ name: path, bytes: await readPlainFile(join(folder, path)) })),
    );
    const reading = readProfiles(sheets);
    this.#last = { version, reading };
    return reading;
  }

  async #material(profiles: Profiles): Promise<{ material: Material; warnings: readonly string[] }> {
    if (isInside(this.#share, this.#secrets)) {
      throw new MimeoError('profile-invalid', `The secrets are in the share: ${this.#secrets}.`, {
        next: 'Keep them in a folder that is not exported.',
      });
    }
    const needs = needsOf(profiles);
    const folders = async (kind: 'package' | 'driver'): Promise<Map<string, ShareFolder>> => {
      const found = new Map<string, ShareFolder>();
      for (const name of new Set(needs.filter((need) => need.kind === kind).map((need) => need.name))) {
        if (found.has(keyOf(name))) continue;
        const folder = await this.folder(kind === 'package' ? 'packages' : 'drivers', name);
        if (folder !== null) found.set(keyOf(name), folder);
      }
      return found;
    };
    const secrets = await readSecrets(
      this.#secrets,
      needs.filter(({ kind }) => kind === 'secret').map(({ name }) => name),
    );
    const material: Material = {
      registryFiles: await this.#registryFiles(),
      packageFolders: await folders('package'),
      driverFolders: await folders('driver'),
      secrets: secrets.values,
    };
    await this.#hashes.save();
    return { material, warnings: secrets.warnings };
  }

  async #registryFiles(): Promise<RegistryTemplate[]> {
    const folder = join(this.#share, 'registry');
    const files = (await listFiles(folder)).filter(({ path }) => /\.reg$/i.test(path));
    const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    if (total > MAX_REGISTRY_BYTES) {
      throw new MimeoError(
        'profile-invalid',
        `The .reg files of the share come to ${total} bytes; 4 MiB together is the most.`,
        { next: 'Take out of the folder registry what the machines do not need.' },
      );
    }
    return Promise.all(
      files.map(async ({ path }: ShareFile) => ({
        name: path,
        content: (await readPlainFile(join(folder, path))).toString('base64'),
      })),
    );
  }
}

/** Reads a file, following no link that has come into its place. */
async function readPlainFile(path: string): Promise<Buffer> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    return await file.readFile();
  } finally {
    await file.close();
  }
}

function isInside(outer: string, inner: string): boolean {
  const way = relative(outer, inner);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`));
}
