import type {
  CaptureRequest,
  CodeView,
  DeploymentView,
  DeployRequest,
  EventView,
  HostDetailView,
  HostView,
  ImageDetailView,
  ImageView,
  Preview,
  StatusView,
  TaskView,
} from '../../api/index.ts';
import { MimeoError } from '../../errors.ts';
import type { Problem } from '../../protocol/index.ts';
import { ServerRefusal } from '../cli-error.ts';
import { plainText } from '../format/plain-text.ts';
import { EventStreamParser } from './event-stream.ts';
import { type CallOptions, call, readBody } from './http.ts';
import type { ServerAddress } from './server-address.ts';

const API = '/api/v1';

/** The server's API as the command line uses it. Answers are checked for the fields that are relied on. */
export class ApiClient {
  readonly address: ServerAddress;
  readonly #signal: AbortSignal;

  constructor(address: ServerAddress, signal: AbortSignal) {
    this.address = address;
    this.#signal = signal;
  }

  async status(): Promise<StatusView> {
    return record<StatusView>(await this.#ask('/status'), ['version', 'manifest']);
  }

  async hosts(lab?: string): Promise<HostView[]> {
    const query = lab === undefined ? '' : `?lab=${encodeURIComponent(lab)}`;
    return records<HostView>(await this.#ask(`/hosts${query}`), ['id', 'macs', 'state']);
  }

  async host(ref: string): Promise<HostDetailView> {
    const path = `/hosts/${encodeURIComponent(ref)}`;
    return record<HostDetailView>(await this.#ask(path), ['id', 'macs', 'timeline']);
  }

  async images(): Promise<ImageView[]> {
    return records<ImageView>(await this.#ask('/images'), ['name', 'version']);
  }

  async image(ref: string): Promise<ImageDetailView> {
    const path = `/images/${encodeURIComponent(ref)}`;
    return record<ImageDetailView>(await this.#ask(path), ['name', 'partitions']);
  }

  async preview(body: DeployRequest): Promise<Preview> {
    return record<Preview>(await this.#post('/deployments/preview', body), ['machines', 'refused', 'digest']);
  }

  async deploy(body: DeployRequest & { digest: string }): Promise<DeploymentView> {
    return record<DeploymentView>(await this.#post('/deployments', body), ['id', 'tasks', 'counts']);
  }

  async capture(body: CaptureRequest): Promise<DeploymentView> {
    return record<DeploymentView>(await this.#post('/captures', body), ['id', 'tasks', 'counts']);
  }

  async deployments(only: 'open' | 'all'): Promise<DeploymentView[]> {
    const query = only === 'open' ? '?open=true' : '';
    return records<DeploymentView>(await this.#ask(`/deployments${query}`), ['id', 'tasks', 'counts']);
  }

  async deployment(id: string): Promise<DeploymentView> {
    const path = `/deployments/${encodeURIComponent(id)}`;
    return record<DeploymentView>(await this.#ask(path), ['id', 'tasks', 'counts']);
  }

  async changeDeployment(id: string, change: 'cancel' | 'retry'): Promise<DeploymentView> {
    const path = `/deployments/${encodeURIComponent(id)}/${change}`;
    return record<DeploymentView>(await this.#post(path, {}), ['id', 'tasks', 'counts']);
  }

  async changeTask(ref: string, change: 'cancel' | 'retry'): Promise<TaskView> {
    const path = `/tasks/${encodeURIComponent(ref)}/${change}`;
    return record<TaskView>(await this.#post(path, {}), ['id', 'status', 'words']);
  }

  async newCode(): Promise<CodeView> {
    return record<CodeView>(await this.#post('/codes', {}), ['code', 'validUntil']);
  }

  async claim(code: string): Promise<{ token: string }> {
    return record<{ token: string }>(await this.#post('/claim', { code }), ['token']);
  }

  /** Events from now on, or from after `since`; ends when the server closes the stream. */
  async *events(since: number | null, signal = this.#signal): AsyncGenerator<EventView> {
    const answer = await call(this.address, `${API}/events`, {
      headers: { accept: 'text/event-stream', ...(since === null ? {} : { 'last-event-id': `${since}` }) },
      signal,
    });
    if (answer.statusCode !== 200) throw refusal(answer.statusCode, await readBody(this.address, answer));
    const parser = new EventStreamParser();
    answer.setEncoding('utf8');
    for await (const piece of answer) {
      for (const { data } of parser.push(piece as string)) {
        yield record<EventView>(parse(data), ['id', 'topic', 'words']);
      }
    }
  }

  #post(path: string, body: unknown): Promise<unknown> {
    return this.#ask(path, { method: 'POST', body });
  }

  async #ask(path: string, options: Omit<CallOptions, 'signal'> = {}): Promise<unknown> {
    const answer = await call(this.address, `${API}${path}`, { ...options, signal: this.#signal });
    const text = await readBody(this.address, answer);
    const status = answer.statusCode ?? 0;
    if (status < 200 || status > 299) throw refusal(status, text);
    return parse(text);
  }
}

function refusal(status = 0, text: string): Error {
  try {
    return new ServerRefusal({ ...record<Problem>(parse(text), ['code', 'detail', 'next']), status });
  } catch {
    // Not our server's words: a proxy's page, or another program on that port.
    return notOurs(`it answered with HTTP status ${status}`);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text, (_, value) => (typeof value === 'string' ? plainText(value) : value));
  } catch {
    throw notOurs('its answer is no JSON');
  }
}

function records<T>(value: unknown, keys: readonly (keyof T & string)[]): T[] {
  if (!Array.isArray(value)) throw notOurs('its answer is no list');
  return value.map((each) => record<T>(each, keys));
}

function record<T>(value: unknown, keys: readonly (keyof T & string)[]): T {
  const missing = keys.find((key) => typeof value !== 'object' || value === null || !(key in value));
  if (missing !== undefined) throw notOurs(`its answer has no "${missing}"`);
  return value as T;
}

function notOurs(words: string): MimeoError {
  return new MimeoError('server-reply', `This is no Mimeo server of our version: ${words}.`, {
    next: 'Check the address; when it is right, use the mimeo command of the same release as the server.',
  });
}
