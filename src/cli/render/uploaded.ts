import { formatCount, formatSize, formatSpeed } from '../format/quantity.ts';
import { formatDuration } from '../format/time.ts';
import type { Uploaded } from '../image-work/upload.ts';

/** What became of an import: what was read, and what of it was new. */
export function renderUploaded(uploaded: Uploaded): string[] {
  const { image, version, usedBytes, storedBytes, chunks, newChunks, newBytes, seconds, warnings } = uploaded;
  const time = seconds < 60 ? `${seconds.toFixed(1)} s` : formatDuration(seconds);
  const rate = seconds > 0 ? ` (${formatSpeed(usedBytes / seconds)})` : '';
  return [
    ...warnings.map((words) => `! ${words}`),
    `${image}@${version}: ${formatSize(usedBytes)} in ${time}${rate}.`,
    `Stored ${formatCount(newChunks, 'new chunk')} of ${chunks}: ${formatSize(newBytes)} of ${formatSize(storedBytes)}.`,
  ];
}
