/** The reason of a task's signal when somebody wants it to stop. */
export class TaskCancelled extends Error {
  override readonly name = 'TaskCancelled';
  readonly by: 'host' | 'server';

  constructor(by: 'host' | 'server') {
    super(by === 'host' ? 'cancelled at the host' : 'cancelled at the server');
    this.by = by;
  }
}
