import { MimeoError } from '../errors.ts';
import { checkImageName, checkLabel, imageNameKey, parseImageReference } from '../image/index.ts';
import type { DamagedImage, ImageStore, ImageSummary } from '../store/index.ts';
import type { EventHub } from './event-hub.ts';
import type { HostDirectory } from './host-directory.ts';
import type { ImageAccess } from './image-access.ts';
import { imageMeant } from './image-reference.ts';
import { type ImageUses, imageUses } from './image-uses.ts';
import { countWords } from './size-words.ts';
import type { TaskBoard } from './task-board.ts';

/** What technicians do with whole images: rename, delete, annotate, label. */
export class ImageLibrary {
  readonly #store: ImageStore;
  readonly #images: ImageAccess;
  readonly #directory: HostDirectory;
  readonly #board: TaskBoard;
  readonly #hub: EventHub;

  constructor(ports: {
    store: ImageStore;
    images: ImageAccess;
    directory: HostDirectory;
    board: TaskBoard;
    hub: EventHub;
  }) {
    this.#store = ports.store;
    this.#images = ports.images;
    this.#directory = ports.directory;
    this.#board = ports.board;
    this.#hub = ports.hub;
  }

  /** The version that a reference means. @throws MimeoError `image-missing`, `image-name`, `index-damaged` */
  async find(reference: string): Promise<ImageSummary> {
    const { images, damaged } = await this.#store.survey();
    return imageMeant(reference, images, damaged);
  }

  /** The versions that cannot be read, of all images. */
  async damaged(): Promise<readonly DamagedImage[]> {
    return (await this.#store.survey()).damaged;
  }

  /** Those of them that a reference means when something is done with all of its versions. */
  async damagedVersions(reference: string): Promise<readonly DamagedImage[]> {
    const { name, version, label } = parseImageReference(reference);
    const all = label === null ? await this.damaged() : [];
    return all.filter(
      (one) => imageNameKey(one.name) === imageNameKey(name) && (version === null || one.version === version),
    );
  }

  /**
   * The versions that a reference means, as far as they can be read: one, or all when it is a name alone.
   *
   * @throws MimeoError `image-missing`, `image-name`
   */
  async versions(reference: string): Promise<readonly ImageSummary[]> {
    const all = await this.#store.list();
    const { version, label } = parseImageReference(reference);
    if (version !== null && (await this.damagedVersions(reference)).length > 0) return [];
    const one = imageMeant(reference, all);
    return version === null && label === null ? all.filter(({ name }) => name === one.name) : [one];
  }

  /** Who relies on these versions. */
  async uses(reference: string): Promise<ImageUses> {
    const images = await this.#store.list();
    const wanted = (await this.versions(reference)).map(({ name, version }) => `${name}@${version}`);
    const gone = images.filter(({ name, version }) => wanted.includes(`${name}@${version}`));
    const lost = await this.damagedVersions(reference);
    return imageUses({ gone, lost, images, hosts: await this.#directory.all(), open: this.#board.open() });
  }

  /**
   * Removes the versions that a reference means, also those that cannot be read and would stop garbage collection;
   * their numbers are not given again.
   *
   * @returns those that could be read
   * @throws MimeoError `image-held` while a task that has not ended reads one of them
   */
  async delete(reference: string, by: string): Promise<readonly ImageSummary[]> {
    const gone = await this.versions(reference);
    const lost = await this.damagedVersions(reference);
    this.#demandUnused(reference, (await this.uses(reference)).tasks);
    for (const { name, version } of [...gone, ...lost]) {
      await this.#store.remove(name, version);
      this.#images.forget(name, version);
      await this.#tell('deleted', `Image ${name} version ${version} was deleted by ${by}.`);
    }
    return gone;
  }

  /** @throws MimeoError `image-exists`, `image-held`, `image-name`, `image-missing` */
  async rename(from: string, to: string, by: string): Promise<readonly ImageSummary[]> {
    checkImageName(to);
    checkImageName(from);
    const { name } = await this.find(from);
    this.#demandUnused(name, (await this.uses(name)).tasks);
    await this.#store.rename(name, to);
    const now = (await this.#store.list()).filter((image) => imageNameKey(image.name) === imageNameKey(to));
    for (const { version } of now) {
      this.#images.forget(name, version);
      this.#images.forget(to, version);
    }
    await this.#tell('renamed', `Image ${name} was renamed ${to} by ${by}.`);
    return now;
  }

  async note(reference: string, notes: string, by: string): Promise<ImageSummary> {
    const { name, version } = await this.find(reference);
    const changed = await this.#store.setNotes(name, version, notes);
    this.#images.forget(name, version);
    await this.#tell('noted', `The notes of image ${name} version ${version} were changed by ${by}.`);
    return changed;
  }

  /** Lets a label stand for this version and no other one of the name. @throws MimeoError `image-label` */
  async label(reference: string, label: string, by: string): Promise<ImageSummary> {
    checkLabel(label);
    const { name, version } = await this.find(reference);
    await this.#store.setLabel(name, label, version);
    await this.#tell('labelled', `Image ${name} version ${version} was labelled ${label} by ${by}.`);
    return this.find(`${name}@${version}`);
  }

  /** @throws MimeoError `image-missing` when the version does not have the label */
  async unlabel(reference: string, label: string, by: string): Promise<ImageSummary> {
    checkLabel(label);
    const { name, version, labels } = await this.find(reference);
    if (!labels.some((one) => imageNameKey(one) === imageNameKey(label))) {
      const known = labels.length > 0 ? `its labels are ${labels.join(', ')}` : 'it has none';
      throw new MimeoError('image-missing', `${name}@${version} has no label ${label}; ${known}.`);
    }
    await this.#store.removeLabel(name, label);
    await this.#tell('labelled', `Label ${label} was taken from image ${name} version ${version} by ${by}.`);
    return this.find(`${name}@${version}`);
  }

  #demandUnused(reference: string, tasks: ImageUses['tasks']): void {
    const [first] = tasks;
    if (first === undefined) return;
    const others = tasks.length > 1 ? ` and ${countWords(tasks.length - 1, 'other')}` : '';
    throw new MimeoError(
      'image-held',
      `${reference} is being deployed to ${first.host} (${first.id})${others}.`,
    );
  }

  #tell(kind: 'deleted' | 'renamed' | 'noted' | 'labelled', words: string): Promise<void> {
    return this.#hub.publish('image', { kind, level: 'info', words });
  }
}
