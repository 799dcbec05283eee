import type { ZodType } from 'zod';
import { type Clock, systemClock } from '../../clock.ts';
import { MimeoError } from '../../errors.ts';
import {
  type AnswerCheck,
  type AnswerReply,
  type AnswerRequest,
  answerCheckSchema,
  answerReplySchema,
  answerRequestSchema,
  badChunkReplySchema,
  badChunkRequestSchema,
  type ExchangeReply,
  type ExchangeRequest,
  exchangeReplySchema,
  exchangeRequestSchema,
  type HelloReply,
  type JoinReply,
  type JoinRequest,
  joinReplySchema,
  joinRequestSchema,
  missingReplySchema,
  missingRequestSchema,
  type Report,
  type ReportReply,
  reportReplySchema,
  reportSchema,
  type Work,
  workSchema,
} from '../../protocol/index.ts';
import { PeerClient } from '../../swarm/index.ts';
import { Connection, type HttpCall } from './connection.ts';
import { FrameLine } from './frame-line.ts';
import { MOST_WORK_BYTES, readJson, SHORT_REPLY, writeJson } from './json.ts';
import { refusalOf, TokenUnknown } from './refusal.ts';
import { type OnTrouble, withRetry } from './retry.ts';
import { Session, type SessionParts } from './session.ts';

export interface ServerLinkOptions {
  /** `http://192.0.2.1:8080` */
  readonly server: URL;
  readonly introduce: SessionParts['introduce'];
  readonly onHello: (reply: HelloReply) => void;
  readonly onTrouble: OnTrouble;
  readonly clock?: Clock;
  readonly random?: () => number;
}

/** The connections of a client of neighbours, which server and neighbours then share. */
export interface ChunkWay {
  readonly client: PeerClient;
  /** Hears of all bytes as they come. */
  readonly onBytes?: (bytes: number) => void;
}

type Call = Pick<HttpCall, 'method' | 'path' | 'body'> & { json?: boolean; limits?: Limits };
type Limits = Pick<HttpCall, 'idleMs' | 'mostBytes'>;

const WORK_WAIT_SECONDS = 30;
/** A chunk is at most 1 MiB before compression; its frame is never much larger. A crowded server may be slow. */
const CHUNK: Limits = { idleMs: 45_000, mostBytes: 2_097_152 };
/** Committing an index makes the server look at every chunk. */
const INDEX: Limits = { idleMs: 120_000, mostBytes: 268_435_456 };
/** What the server gives of a file at a time, and more. */
const FILE_PART: Limits = { idleMs: 45_000, mostBytes: 16_777_216 };
/** Table sectors of both ends of a disk. */
const SAVED_TABLE: Limits = { idleMs: SHORT_REPLY.idleMs, mostBytes: 16_777_216 };
const CHUNK_SOCKETS = 8;
const CONTROL_SOCKETS = 4;

/**
 * The server as the agent sees it: every route of the protocol as a call with checked messages both ways.
 * Calls are repeated while the server cannot be reached, with a new hello where it forgot us; they throw a
 * permanent MimeoError with the server's words, or the reason of their signal.
 */
export class ServerLink {
  readonly #options: ServerLinkOptions;
  readonly #clock: Clock;
  readonly #control: Connection;
  readonly #bulk: Connection;
  /** For what is asked many times a second. */
  readonly #often: PeerClient;
  readonly #session: Session;

  constructor(options: ServerLinkOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#control = new Connection(options.server, CONTROL_SOCKETS);
    this.#bulk = new Connection(options.server, CHUNK_SOCKETS);
    this.#often = new PeerClient({ clock: this.#clock, sockets: CONTROL_SOCKETS });
    this.#session = new Session({
      connection: this.#control,
      introduce: options.introduce,
      onHello: options.onHello,
    });
  }

  /** Says hello if that is still to be done. */
  hello(signal: AbortSignal): Promise<HelloReply> {
    return this.#retry(() => this.#session.current(signal), signal);
  }

  /** Waits up to half a minute for work. */
  async work(signal: AbortSignal): Promise<Work> {
    const body = await this.#call(
      {
        method: 'GET',
        path: `/agent/v1/work?wait=${WORK_WAIT_SECONDS}`,
        limits: {
          idleMs: SHORT_REPLY.idleMs + WORK_WAIT_SECONDS * 1000,
          mostBytes: MOST_WORK_BYTES,
        },
      },
      signal,
    );
    return readJson(workSchema, body, 'work');
  }

  answer(answer: AnswerRequest, signal: AbortSignal): Promise<AnswerReply> {
    return this.#post('/agent/v1/answer', answerRequestSchema, answer, answerReplySchema, signal);
  }

  checkAnswer(check: AnswerCheck, signal: AbortSignal): Promise<AnswerReply> {
    return this.#post('/agent/v1/answer/check', answerCheckSchema, check, answerReplySchema, signal);
  }

  report(taskId: string, report: Report, signal: AbortSignal): Promise<ReportReply> {
    return this.#post(`${task(taskId)}/report`, reportSchema, report, reportReplySchema, signal);
  }

  /** The signed index of the task's image. */
  fetchIndex(taskId: string, signal: AbortSignal): Promise<Buffer> {
    return this.#call({ method: 'GET', path: `${task(taskId)}/index`, limits: INDEX }, signal);
  }

  /** Commits a captured image, last of all. */
  async putIndex(taskId: string, bytes: Buffer, signal: AbortSignal): Promise<void> {
    await this.#call({ method: 'PUT', path: `${task(taskId)}/index`, body: bytes, limits: INDEX }, signal);
  }

  /** @param disk tells the disks of one host apart: the serial number, or the device where it has none */
  async putSavedTable(taskId: string, disk: string, bytes: Buffer, signal: AbortSignal): Promise<void> {
    await this.#call({ method: 'PUT', path: savedTable(taskId, disk), body: bytes }, signal);
  }

  /** The table that a disk of this host had before it was last made unbootable; null when none is known. */
  async fetchSavedTable(taskId: string, disk: string, signal: AbortSignal): Promise<Buffer | null> {
    const bytes = await this.#call(
      { method: 'GET', path: savedTable(taskId, disk), limits: SAVED_TABLE },
      signal,
    );
    return bytes.length === 0 ? null : bytes;
  }

  /** @param over what the chunk comes over; its own connections unless told */
  fetchChunk(taskId: string, id: string, signal: AbortSignal, over?: ChunkWay): Promise<Buffer> {
    const line = over === undefined ? this.#bulk : this.#line(this.#bulk, over);
    return this.#call({ method: 'GET', path: chunk(taskId, id), limits: CHUNK }, signal, line);
  }

  /** A part of a file of the share, from this byte on; at least one, at most a few MiB. */
  fetchFilePart(taskId: string, sha256: string, from: number, signal: AbortSignal): Promise<Buffer> {
    const path = `${task(taskId)}/files/${sha256}?from=${from}`;
    return this.#call({ method: 'GET', path, limits: FILE_PART }, signal, this.#bulk);
  }

  async putChunk(taskId: string, id: string, frame: Buffer, signal: AbortSignal): Promise<void> {
    await this.#call(
      { method: 'PUT', path: chunk(taskId, id), body: frame, limits: CHUNK },
      signal,
      this.#bulk,
    );
  }

  async missingChunks(taskId: string, ids: readonly string[], signal: AbortSignal): Promise<string[]> {
    const path = `${task(taskId)}/missing`;
    const reply = await this.#post(path, missingRequestSchema, { ids: [...ids] }, missingReplySchema, signal);
    return reply.missing;
  }

  async reportBadChunk(taskId: string, id: string, words: string, signal: AbortSignal): Promise<void> {
    const message = { words: words.slice(0, 500) };
    const path = `${chunk(taskId, id)}/bad`;
    await this.#post(path, badChunkRequestSchema, message, badChunkReplySchema, signal);
  }

  joinSwarm(taskId: string, request: JoinRequest, signal: AbortSignal): Promise<JoinReply> {
    return this.#post(`${task(taskId)}/swarm/join`, joinRequestSchema, request, joinReplySchema, signal);
  }

  /** Reports to the scheduler and asks it for more; the server may hold the call for `waitMs`. */
  async exchange(taskId: string, request: ExchangeRequest, signal: AbortSignal): Promise<ExchangeReply> {
    const path = `${task(taskId)}/swarm`;
    const limits = { ...SHORT_REPLY, idleMs: SHORT_REPLY.idleMs + request.waitMs };
    const body = writeJson(exchangeRequestSchema, request, path);
    const line = this.#line(this.#control, { client: this.#often });
    const reply = await this.#call({ method: 'POST', path, body, json: true, limits }, signal, line);
    return readJson(exchangeReplySchema, reply, path);
  }

  close(): void {
    this.#control.close();
    this.#often.close();
    this.#bulk.close();
  }

  /** Our own client where it can be: it speaks no TLS. */
  #line(plain: Connection, way: ChunkWay): Pick<Connection, 'send'> {
    const { server } = this.#options;
    return server.protocol === 'http:' ? new FrameLine({ base: server, plain, ...way }) : plain;
  }

  async #post<Out, In>(
    path: string,
    outgoing: ZodType<Out>,
    message: Out,
    incoming: ZodType<In>,
    signal: AbortSignal,
  ): Promise<In> {
    const body = writeJson(outgoing, message, path);
    const reply = await this.#call({ method: 'POST', path, body, json: true }, signal);
    return readJson(incoming, reply, path);
  }

  #call(
    call: Call,
    signal: AbortSignal,
    connection: Pick<Connection, 'send'> = this.#control,
  ): Promise<Buffer> {
    return this.#retry(async () => {
      for (let hellos = 0; ; hellos++) {
        const { token } = await this.#session.current(signal);
        const reply = await connection.send({
          ...(call.limits ?? SHORT_REPLY),
          method: call.method,
          path: call.path,
          headers: { authorization: `Bearer ${token}`, ...contentType(call) },
          ...(call.body === undefined ? {} : { body: call.body }),
          signal,
        });
        if (reply.status >= 200 && reply.status < 300) return reply.body;
        const refusal = refusalOf(reply, `${call.method} ${call.path}`);
        if (!(refusal instanceof TokenUnknown)) throw refusal;
        this.#session.forget(token);
        if (hellos > 0) throw strangersAgain();
      }
    }, signal);
  }

  #retry<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const { onTrouble, random = Math.random } = this.#options;
    return withRetry(call, { clock: this.#clock, signal, onTrouble, random });
  }
}

function contentType(call: Call): Record<string, string> {
  if (call.body === undefined) return {};
  return { 'content-type': call.json ? 'application/json' : 'application/octet-stream' };
}

/** A server that forgets a token as soon as it gave it out is treated as one that is not there yet. */
function strangersAgain(): MimeoError {
  return new MimeoError('server-unreachable', 'The server gave out a token and does not know it.');
}

function task(taskId: string): string {
  return `/agent/v1/tasks/${encodeURIComponent(taskId)}`;
}

function savedTable(taskId: string, disk: string): string {
  return `${task(taskId)}/saved-table?disk=${encodeURIComponent(disk)}`;
}

function chunk(taskId: string, id: string): string {
  return `${task(taskId)}/chunks/${id}`;
}
