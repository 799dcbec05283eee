import { MimeoError } from '../errors.ts';
import { imageNameKey, parseImageReference } from '../image/index.ts';
import type { DamagedImage, ImageSummary } from '../store/index.ts';

/**
 * The version that a reference means: a number, a label, or else the newest of that name.
 *
 * @param damaged versions that cannot be read: a name whose newest is one of them does not mean an older one
 * @throws MimeoError `image-name`; `image-missing`, which names what there is; `index-damaged`
 */
export function imageMeant(
  reference: string,
  images: readonly ImageSummary[],
  damaged: readonly DamagedImage[] = [],
): ImageSummary {
  const { name, version, label } = parseImageReference(reference);
  const ofName = (image: { readonly name: string }): boolean =>
    imageNameKey(image.name) === imageNameKey(name);
  const versions = images.filter(ofName);
  const found = versions
    .filter((image) => version === null || image.version === version)
    .filter(
      (image) => label === null || image.labels.some((one) => imageNameKey(one) === imageNameKey(label)),
    )
    .toSorted((a, b) => b.version - a.version)[0];
  const lost = damaged
    .filter((image) => ofName(image) && label === null && (version === null || image.version === version))
    .toSorted((a, b) => b.version - a.version)[0];
  if (lost !== undefined && lost.version > (found?.version ?? 0)) throw unreadable(lost, versions);
  if (found !== undefined) return found;
  throw new MimeoError('image-missing', `There is no image ${reference}${whatThereIs(versions, images)}.`);
}

function unreadable({ name, version, message }: DamagedImage, versions: readonly ImageSummary[]): MimeoError {
  const others = versions.map((one) => `${one.name}@${one.version}`).join(', ');
  const instead = others === '' ? '' : `Name a version that can be read (${others}), or: `;
  return new MimeoError('index-damaged', `${name}@${version} cannot be read. ${message}`, {
    next: `${instead}restore its file in the store from a backup, or give it up with: mimeo image delete ${name}@${version}`,
  });
}

function whatThereIs(versions: readonly ImageSummary[], images: readonly ImageSummary[]): string {
  if (versions.length > 0) {
    const known = versions.map(({ version, labels }) =>
      labels.length === 0 ? String(version) : `${version} (${labels.join(', ')})`,
    );
    return `; of ${versions[0]?.name} there are the versions ${known.join(', ')}`;
  }
  const names = [...new Set(images.map((one) => one.name))];
  return names.length > 0 ? `; there are: ${names.join(', ')}` : ' yet';
}
