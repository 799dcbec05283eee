import type { Selectable, Updateable } from 'kysely';
import { ENDED, FREE_NETWORK, type NetworkUse, type TaskState } from '../deployment/index.ts';
import type { DiskRule } from '../disk/index.ts';
import type { Database } from './database.ts';
import type { Tables } from './schema.ts';

export type DeploymentRow = Omit<Selectable<Tables['deployments']>, 'network'> & {
  readonly network: NetworkUse;
};
/** What an order says of a host's disks. */
export interface TaskDisk {
  /** Null: the rule of the disk room. */
  readonly rule: DiskRule | null;
  /** Partitions that stay, by number, label or GPT name. */
  readonly keep: readonly string[];
  readonly grow: 'auto' | 'none';
  /** Capture: every internal disk instead of one. */
  readonly all: boolean;
}

export type TaskRow = Omit<Selectable<Tables['tasks']>, 'state' | 'status' | 'disk'> & {
  readonly disk: TaskDisk;
  readonly state: TaskState;
};

const ended = [...ENDED];

/** Deployments and their tasks. */
export class TaskRepository {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** A deployment and its tasks, all or nothing. */
  async create(deployment: DeploymentRow, tasks: readonly TaskRow[]): Promise<void> {
    const network = JSON.stringify(deployment.network);
    await this.#db.transaction().execute(async (transaction) => {
      await transaction
        .insertInto('deployments')
        .values({ ...deployment, network })
        .execute();
      for (const task of tasks) {
        const { state, disk, ...values } = task;
        await transaction
          .insertInto('tasks')
          .values({
            ...values,
            disk: JSON.stringify(disk),
            status: state.status,
            state: JSON.stringify(state),
          })
          .execute();
      }
    });
  }

  async saveState(id: string, state: TaskState): Promise<void> {
    await this.#db
      .updateTable('tasks')
      .set({ status: state.status, state: JSON.stringify(state) })
      .where('id', '=', id)
      .execute();
  }

  /** The state of a task that is done and what its host is from then on, in one transaction. */
  async saveDone(
    { id, host_id, state }: Pick<TaskRow, 'id' | 'host_id' | 'state'>,
    host: Pick<Updateable<Tables['hosts']>, 'declined_at' | 'last_image' | 'last_version' | 'last_imaged_at'>,
  ): Promise<void> {
    await this.#db.transaction().execute(async (transaction) => {
      await transaction
        .updateTable('tasks')
        .set({ status: state.status, state: JSON.stringify(state) })
        .where('id', '=', id)
        .execute();
      await transaction.updateTable('hosts').set(host).where('id', '=', host_id).execute();
    });
  }

  /** The states of many tasks in one transaction, hence with one wait for the disk. */
  async saveStates(tasks: readonly Pick<TaskRow, 'id' | 'state'>[]): Promise<void> {
    if (tasks.length === 0) return;
    await this.#db.transaction().execute(async (transaction) => {
      for (const { id, state } of tasks) {
        await transaction
          .updateTable('tasks')
          .set({ status: state.status, state: JSON.stringify(state) })
          .where('id', '=', id)
          .execute();
      }
    });
  }

  /** A capture learns its version when it is committed. */
  async setVersion(id: string, version: number): Promise<void> {
    await this.#db.updateTable('tasks').set({ version }).where('id', '=', id).execute();
  }

  /** Every task that has not ended. */
  async open(): Promise<TaskRow[]> {
    const rows = await this.#db.selectFrom('tasks').selectAll().where('status', 'not in', ended).execute();
    return rows.map(toTask);
  }

  async get(id: string): Promise<TaskRow | null> {
    const row = await this.#db.selectFrom('tasks').selectAll().where('id', '=', id).executeTakeFirst();
    return row ? toTask(row) : null;
  }

  async ofDeployment(id: string): Promise<TaskRow[]> {
    const rows = await this.#db
      .selectFrom('tasks')
      .selectAll()
      .where('deployment_id', '=', id)
      .orderBy('host_name')
      .execute();
    return rows.map(toTask);
  }

  /** The newest task of a host, open or ended. */
  async newestOf(hostId: string): Promise<TaskRow | null> {
    const row = await this.#db
      .selectFrom('tasks')
      .innerJoin('deployments', 'deployments.id', 'tasks.deployment_id')
      .selectAll('tasks')
      .where('host_id', '=', hostId)
      .orderBy('deployments.created_at', 'desc')
      .executeTakeFirst();
    return row ? toTask(row) : null;
  }

  async deployment(id: string): Promise<DeploymentRow | null> {
    const row = await this.#db.selectFrom('deployments').selectAll().where('id', '=', id).executeTakeFirst();
    return row ? toDeployment(row) : null;
  }

  async rename(id: string, hostName: string): Promise<void> {
    await this.#db.updateTable('tasks').set({ host_name: hostName }).where('id', '=', id).execute();
  }

  /** Keeps a deployment open until at least this time. */
  async extend(id: string, opensUntil: number): Promise<void> {
    await this.#db
      .updateTable('deployments')
      .set({ opens_until: opensUntil })
      .where('id', '=', id)
      .where('opens_until', '<', opensUntil)
      .execute();
  }

  /** Deployments, newest first. */
  async deployments(limit: number): Promise<DeploymentRow[]> {
    const rows = await this.#db
      .selectFrom('deployments')
      .selectAll()
      .orderBy('created_at', 'desc')
      .limit(limit)
      .execute();
    return rows.map(toDeployment);
  }
}

function toDeployment(row: Selectable<Tables['deployments']>): DeploymentRow {
  return { ...row, network: { ...FREE_NETWORK, ...(JSON.parse(row.network) as Partial<NetworkUse>) } };
}

function toTask(row: Selectable<Tables['tasks']>): TaskRow {
  const { state, disk, status: _status, ...values } = row;
  // The only writers of these columns are above.
  return { ...values, disk: JSON.parse(disk) as TaskDisk, state: JSON.parse(state) as TaskState };
}
