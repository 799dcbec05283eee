import { MimeoError } from '../errors.ts';
import { explainHost, type SettingLine } from '../personalise/index.ts';
import type { Store } from '../store/index.ts';
import type { HostDirectory } from './host-directory.ts';
import type { HostProfiles } from './host-profiles.ts';
import { imageMeant } from './image-reference.ts';

/** What a host would become with an image. */
export interface HostExplanation {
  readonly host: string;
  readonly image: string;
  readonly version: number;
  /** The outermost first. */
  readonly locations: readonly string[];
  readonly lines: readonly SettingLine[];
  readonly warnings: readonly string[];
}

/** Tells what a host would become, and which line of which profile says so; changes nothing. */
export class HostExplanations {
  readonly #directory: Pick<HostDirectory, 'find'>;
  readonly #store: Pick<Store, 'survey'>;
  readonly #profiles: HostProfiles;

  constructor(ports: {
    directory: Pick<HostDirectory, 'find'>;
    store: Pick<Store, 'survey'>;
    profiles: HostProfiles;
  }) {
    this.#directory = ports.directory;
    this.#store = ports.store;
    this.#profiles = ports.profiles;
  }

  /**
   * @param image the one that is assigned to the host unless told
   * @throws MimeoError `host-missing`, `host-unnamed`, `image-unassigned`, `image-missing`; `profile-invalid`
   */
  async explain(reference: string, image: string | null): Promise<HostExplanation> {
    const host = await this.#directory.find(reference);
    if (host.name === null) throw new MimeoError('host-unnamed', 'This machine has no name.');
    const wanted = image ?? host.image;
    if (wanted === null) throw new MimeoError('image-unassigned', `No image is assigned to ${host.name}.`);
    const { images, damaged } = await this.#store.survey();
    const { name, version } = imageMeant(wanted, images, damaged);
    const look = await this.#profiles.look();
    const resolved = look.resolve(host, { name: host.name, image: name, version });
    const { locations } = resolved;
    const warnings = [...look.warnings, ...resolved.warnings];
    return { host: host.name, image: name, version, locations, lines: explainHost(resolved), warnings };
  }
}
