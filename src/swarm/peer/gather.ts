/** After a smaller piece it pays to let the kernel gather more. */
const ENOUGH_BYTES = 128 * 1024;
const FAR_TOO_FEW_BYTES = 48 * 1024;
const LEAST_MS = 1;
const MOST_MS = 32;

/**
 * How long a reader sleeps between two pieces. Where each packet wakes it (100 Mbit/s without offload: one in 120 µs),
 * a chunk takes 670 wakings and ten times the CPU. The sleep grows only while a whole one brings next to nothing: so
 * it never lasts until a fast line's window is full.
 */
export class Gather {
  #ms = LEAST_MS;

  /**
   * @param left how many bytes are still to come: nobody sleeps longer than they take
   * @returns ms to sleep after a piece; 0: read on
   */
  after(bytes: number, left: number): number {
    if (bytes >= ENOUGH_BYTES) {
      this.#ms = LEAST_MS;
      return 0;
    }
    const ms = this.#ms;
    if (bytes < FAR_TOO_FEW_BYTES) this.#ms = Math.min(MOST_MS, ms * 2);
    return left < bytes ? Math.max(LEAST_MS, Math.floor((ms * left) / bytes)) : ms;
  }
}
