import { MimeoError } from '../errors.ts';
import { imageNameKey, parseImageReference } from '../image/index.ts';
import type { ImageSummary } from '../store/index.ts';

/**
 * The version that a reference means: a number, a label, or else the newest of that name.
 *
 * @throws MimeoError `image-name`; `image-missing`, which names what there is
 */
export function imageMeant(reference: string, images: readonly ImageSummary[]): ImageSummary {
  const { name, version, label } = parseImageReference(reference);
  const versions = images.filter((image) => imageNameKey(image.name) === imageNameKey(name));
  const found = versions
    .filter((image) => version === null || image.version === version)
    .filter(
      (image) => label === null || image.labels.some((one) => imageNameKey(one) === imageNameKey(label)),
    )
    .toSorted((a, b) => b.version - a.version)[0];
  if (found !== undefined) return found;
  throw new MimeoError('image-missing', `There is no image ${reference}${whatThereIs(versions, images)}.`);
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
