import type { StoreJobRequest, StoreJobView, StoreStatusView } from '../../api/index.ts';
import { record, type Wire } from './wire.ts';

/** The store as a whole, and its jobs. */
export class StoreCalls {
  readonly #wire: Wire;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  async status(): Promise<StoreStatusView> {
    return record<StoreStatusView>(await this.#wire.ask('/store'), ['chunks', 'jobs']);
  }

  async request(job: StoreJobRequest): Promise<StoreJobView> {
    return record<StoreJobView>(await this.#wire.post('/store/jobs', job), ['id', 'status']);
  }

  async job(id: string): Promise<StoreJobView> {
    return record<StoreJobView>(await this.#wire.ask(`/store/jobs/${id}`), ['id', 'status']);
  }

  async cancel(id: string): Promise<StoreJobView> {
    return record<StoreJobView>(await this.#wire.post(`/store/jobs/${id}/cancel`, {}), ['id', 'status']);
  }
}
