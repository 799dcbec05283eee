import type { DamagedImageView, ImageDetailView, ImageView } from '../../api/index.ts';
import type { Paint } from '../format/paint.ts';
import { formatCount, formatSize } from '../format/quantity.ts';
import { renderFields, renderTable } from '../format/table.ts';
import { formatMoment } from '../format/time.ts';

export function renderImages(images: readonly ImageView[], paint: Paint): string[] {
  if (images.length === 0)
    return [
      'No images yet. Capture one (mimeo capture HOST NAME), or import one (mimeo image import PATH --name NAME).',
    ];
  return renderTable(
    images,
    [
      { title: 'IMAGE', cell: (image) => `${image.name}@${image.version}` },
      { title: 'LABELS', cell: (image) => image.labels.join(' ') },
      { title: 'CAPTURED', cell: (image) => formatMoment(image.createdAt) },
      { title: 'DISK', cell: (image) => image.diskSizes.map(formatSize).join(' + '), align: 'right' },
      { title: 'USED', cell: (image) => formatSize(image.usedBytes), align: 'right' },
      { title: 'STORED', cell: (image) => formatSize(image.storedBytes), align: 'right' },
      {
        title: 'ONLY HERE',
        cell: ({ onlyBytes }) => (onlyBytes === null ? '' : formatSize(onlyBytes)),
        align: 'right',
      },
      { title: 'TABLE', cell: (image) => image.table.toUpperCase() },
      { title: 'FILE SYSTEMS', cell: (image) => image.filesystems.join(' ') },
      { title: 'NOTES', cell: (image) => image.notes },
    ],
    paint,
  );
}

/** Versions of the list above that cannot be deployed. */
export function renderBroken(images: readonly ImageView[], paint: Paint): string[] {
  return images.flatMap((image) => brokenWords(image).map((words) => `${paint('!', 'red')} ${words}`));
}

function brokenWords({ name, version, lostChunks }: ImageView): string[] {
  if (lostChunks === null || lostChunks === 0) return [];
  const lost = formatCount(lostChunks, 'chunk');
  return [`${name}@${version} is NOT whole: ${lost} lost. See where: mimeo image verify ${name}@${version}`];
}

/** Versions that are missing in the list above. */
export function renderDamaged(damaged: readonly DamagedImageView[], paint: Paint): string[] {
  return damaged.map(
    ({ name, version, message }) => `${paint('!', 'red')} ${name}@${version} cannot be read: ${message}`,
  );
}

/** The tables of several disks may differ. */
function diskWords({ diskSizes, table }: ImageDetailView): string {
  const first = diskSizes.length > 1 ? 'the first ' : '';
  return `${diskSizes.map(formatSize).join(' + ')}, ${first}${table.toUpperCase()}`;
}

export function renderImage(image: ImageDetailView, paint: Paint): string[] {
  const several = image.partitions.some(({ disk }) => disk > 0);
  return [
    paint(`${image.name}@${image.version}`, 'bold'),
    ...brokenWords(image).map((words) => paint(words, 'red')),
    ...renderFields(
      [
        ['labels', image.labels.join(' ')],
        ['captured', formatMoment(image.createdAt)],
        ['notes', image.notes],
        ['disk', diskWords(image)],
        ['used', formatSize(image.usedBytes)],
        ['stored', `${formatSize(image.storedBytes)} in ${formatCount(image.chunks, 'chunk')}`],
        [
          'only here',
          image.onlyBytes === null ? '' : `${formatSize(image.onlyBytes)} that no other version has`,
        ],
      ],
      paint,
    ),
    '',
    ...renderTable(
      image.partitions,
      [
        { title: 'DISK', cell: (each) => (several ? String(each.disk + 1) : ''), align: 'right' },
        { title: 'PARTITION', cell: (each) => String(each.number), align: 'right' },
        { title: 'FILE SYSTEM', cell: (each) => each.filesystem },
        { title: 'LABEL', cell: (each) => each.label },
        { title: 'SIZE', cell: (each) => formatSize(each.lengthBytes), align: 'right' },
        { title: 'USED', cell: (each) => formatSize(each.usedBytes), align: 'right' },
      ],
      paint,
    ),
  ];
}
