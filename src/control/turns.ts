/** Work on one thing happens one after the other, on different things at the same time. */
export class Turns {
  /** The last work that was asked for, of every thing that has some. */
  readonly #last = new Map<string, Promise<unknown>>();

  /** Does it when all that was asked for before on this thing is over, well or not. */
  of<T>(thing: string, work: () => Promise<T>): Promise<T> {
    return this.ofAll([thing], work);
  }

  /** As `of`, when it is the turn of all of these; other work on them waits until it is over. */
  ofAll<T>(things: readonly string[], work: () => Promise<T>): Promise<T> {
    const before = things.flatMap((thing) => this.#last.get(thing) ?? []);
    const done = Promise.all(before).then(work);
    const over: Promise<void> = done.then(
      () => this.#end(things, over),
      () => this.#end(things, over),
    );
    for (const thing of things) this.#last.set(thing, over);
    return done;
  }

  /** Resolves when nothing is asked for any more. */
  async over(): Promise<void> {
    while (this.#last.size > 0) await Promise.all(this.#last.values());
  }

  #end(things: readonly string[], over: Promise<unknown>): void {
    for (const thing of things) if (this.#last.get(thing) === over) this.#last.delete(thing);
  }
}
