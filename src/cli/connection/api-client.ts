import type {
  CaptureRequest,
  CodeView,
  DeploymentView,
  DeployRequest,
  EventView,
  HostDetailView,
  HostExplanationView,
  HostView,
  Preview,
  StatusView,
  SwarmView,
  TaskView,
} from '../../api/index.ts';
import { MimeoError } from '../../errors.ts';
import { EventStreamParser } from './event-stream.ts';
import { bodyOf, call, readBytes } from './http.ts';
import { ImageCalls } from './image-calls.ts';
import { ImportCalls } from './import-calls.ts';
import type { ServerAddress } from './server-address.ts';
import { StoreCalls } from './store-calls.ts';
import { API, parse, record, records, refusal, Wire } from './wire.ts';

/** The server's API as the command line uses it. Answers are checked for the fields that are relied on. */
export class ApiClient {
  readonly address: ServerAddress;
  readonly images: ImageCalls;
  readonly imports: ImportCalls;
  readonly store: StoreCalls;
  readonly #wire: Wire;

  constructor(address: ServerAddress, signal: AbortSignal) {
    this.address = address;
    this.#wire = new Wire(address, signal);
    this.images = new ImageCalls(this.#wire);
    this.imports = new ImportCalls(this.#wire);
    this.store = new StoreCalls(this.#wire);
  }

  async status(): Promise<StatusView> {
    return record<StatusView>(await this.#wire.ask('/status'), ['version', 'manifest']);
  }

  async hosts(lab?: string): Promise<HostView[]> {
    const query = lab === undefined ? '' : `?lab=${encodeURIComponent(lab)}`;
    return records<HostView>(await this.#wire.ask(`/hosts${query}`), ['id', 'macs', 'state']);
  }

  async host(ref: string): Promise<HostDetailView> {
    const path = `/hosts/${encodeURIComponent(ref)}`;
    return record<HostDetailView>(await this.#wire.ask(path), ['id', 'macs', 'timeline']);
  }

  async explain(ref: string, image?: string): Promise<HostExplanationView> {
    const query = image === undefined ? '' : `?image=${encodeURIComponent(image)}`;
    const path = `/hosts/${encodeURIComponent(ref)}/personalise${query}`;
    return record<HostExplanationView>(await this.#wire.ask(path), ['host', 'lines', 'warnings']);
  }

  async preview(body: DeployRequest): Promise<Preview> {
    return record<Preview>(await this.#wire.post('/deployments/preview', body), [
      'machines',
      'refused',
      'digest',
    ]);
  }

  async deploy(body: DeployRequest & { digest: string }): Promise<DeploymentView> {
    return record<DeploymentView>(await this.#wire.post('/deployments', body), ['id', 'tasks', 'counts']);
  }

  async capture(body: CaptureRequest): Promise<DeploymentView> {
    return record<DeploymentView>(await this.#wire.post('/captures', body), ['id', 'tasks', 'counts']);
  }

  async deployments(only: 'open' | 'all'): Promise<DeploymentView[]> {
    const query = only === 'open' ? '?open=true' : '';
    return records<DeploymentView>(await this.#wire.ask(`/deployments${query}`), ['id', 'tasks', 'counts']);
  }

  async traffic(id: string): Promise<SwarmView> {
    const path = `/deployments/${encodeURIComponent(id)}/swarm`;
    return record<SwarmView>(await this.#wire.ask(path), ['hosts', 'flows']);
  }

  async deployment(id: string): Promise<DeploymentView> {
    const path = `/deployments/${encodeURIComponent(id)}`;
    return record<DeploymentView>(await this.#wire.ask(path), ['id', 'tasks', 'counts']);
  }

  async changeDeployment(id: string, change: 'cancel' | 'retry'): Promise<DeploymentView> {
    const path = `/deployments/${encodeURIComponent(id)}/${change}`;
    return record<DeploymentView>(await this.#wire.post(path, {}), ['id', 'tasks', 'counts']);
  }

  async changeTask(ref: string, change: 'cancel' | 'retry'): Promise<TaskView> {
    const path = `/tasks/${encodeURIComponent(ref)}/${change}`;
    return record<TaskView>(await this.#wire.post(path, {}), ['id', 'status', 'words']);
  }

  async newCode(): Promise<CodeView> {
    return record<CodeView>(await this.#wire.post('/codes', {}), ['code', 'validUntil']);
  }

  async claim(code: string): Promise<{ token: string }> {
    return record<{ token: string }>(await this.#wire.post('/claim', { code }), ['token']);
  }

  /**
   * Events from now on, or from after `since`; ends when the stream does, also when it breaks off in the middle.
   *
   * @throws MimeoError when it does not begin; the signal's reason when aborted
   */
  async *events(since: number | null, signal = this.#wire.signal): AsyncGenerator<EventView> {
    const answer = await call(this.address, `${API}/events`, {
      headers: { accept: 'text/event-stream', ...(since === null ? {} : { 'last-event-id': `${since}` }) },
      signal,
    });
    if (answer.statusCode !== 200) {
      throw refusal(answer.statusCode, (await readBytes(this.address, answer, signal)).toString('utf8'));
    }
    const parser = new EventStreamParser();
    const decoder = new TextDecoder();
    try {
      for await (const piece of bodyOf(this.address, answer, signal)) {
        for (const { data } of parser.push(decoder.decode(piece, { stream: true }))) {
          yield record<EventView>(parse(data), ['id', 'topic', 'words']);
        }
      }
    } catch (error) {
      if (!(error instanceof MimeoError && error.code === 'server-unreachable')) throw error;
    }
  }
}
