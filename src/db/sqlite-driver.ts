import { type Driver, SqliteAdapter, SqliteDriver } from 'kysely';

/** One connection, but this room's driver lends it itself. */
export class LendingAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

/**
 * Lends the one connection to one user after the other. Who has changed something gives it back as soon as it is
 * committed, and goes on when it is durable: neither the thread nor other users wait for the disk, and changes of the
 * same time share one wait. Others may read a change before it is durable; what they write because of it comes later in
 * the same log, so that it is never there without its cause.
 */
export class LendingDriver extends SqliteDriver implements Driver {
  readonly #takeChanged: () => boolean;
  readonly #durable: () => Promise<void>;
  readonly #onClosed: () => Promise<void>;
  #free: Promise<void> = Promise.resolve();
  #giveBack: () => void = () => undefined;

  /**
   * @param ports `takeChanged`: whether something was changed since it was asked last; `durable` resolves when
   * everything committed so far survives a power cut; `onClosed` is called after the connection was closed
   */
  constructor(
    config: ConstructorParameters<typeof SqliteDriver>[0],
    ports: { takeChanged: () => boolean; durable: () => Promise<void>; onClosed: () => Promise<void> },
  ) {
    super(config);
    this.#takeChanged = ports.takeChanged;
    this.#durable = ports.durable;
    this.#onClosed = ports.onClosed;
  }

  override async acquireConnection(): ReturnType<SqliteDriver['acquireConnection']> {
    const free = this.#free;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#free = promise;
    await free;
    this.#giveBack = resolve;
    return super.acquireConnection();
  }

  override async releaseConnection(): Promise<void> {
    const changed = this.#takeChanged();
    this.#giveBack();
    if (changed) await this.#durable();
  }

  override async destroy(): Promise<void> {
    await super.destroy();
    await this.#onClosed();
  }
}
