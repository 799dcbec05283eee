import { formatSize, formatSpeed } from '../format/quantity.ts';
import { formatDuration } from '../format/time.ts';
import type { Uploaded } from '../image-work/upload.ts';

/** @param told warnings that were shown before the work began */
export function renderUploaded(uploaded: Uploaded, told: readonly string[]): string[] {
  const { image, version, usedBytes, storedBytes, chunks, newChunks, newBytes, seconds, warnings } = uploaded;
  const rate = seconds > 0 ? ` (${formatSpeed(usedBytes / seconds)})` : '';
  return [
    ...warnings.filter((words) => !told.includes(words)).map((words) => `! ${words}`),
    `${image}@${version}: ${formatSize(usedBytes)} read in ${seconds < 60 ? `${seconds.toFixed(1)} s` : formatDuration(seconds)}${rate}.`,
    `Stored ${newChunks} new chunks of ${chunks}: ${formatSize(newBytes)} of ${formatSize(storedBytes)}.`,
  ];
}
