import type { Outcome } from './side.ts';

/** An outcome for a line on the screen. */
export function words({ wallSeconds, cpuSeconds, peakMib }: Outcome): string {
  return `${wallSeconds.toFixed(1)} s (${cpuSeconds.toFixed(1)} s of CPU, ${peakMib.toFixed(0)} MiB)`;
}
