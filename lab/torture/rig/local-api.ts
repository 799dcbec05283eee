import { request } from 'node:http';

/** A server that is busy may be slow; one that is silent for this long has stopped. */
const PATIENCE_MS = 20_000;

/** An answer that is no success, with the server's own words. */
export class ApiRefusal extends Error {
  readonly status: number;
  constructor(status: number, words: string) {
    super(`${status}: ${words}`);
    this.status = status;
  }
}

/**
 * Calls the server's API over its unix socket, which is a file and hence reached from any network namespace.
 *
 * @throws ApiRefusal when it answers with an error; a system error while it is not there
 */
export function callApi(
  socketPath: string,
  method: 'GET' | 'POST',
  path: string,
  body?: object,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { socketPath, method, path, headers: { 'content-type': 'application/json' } },
      (reply) => {
        const parts: Buffer[] = [];
        reply.on('data', (part: Buffer) => parts.push(part));
        reply.on('error', reject);
        reply.on('end', () => {
          const text = Buffer.concat(parts).toString();
          const status = reply.statusCode ?? 0;
          if (status < 200 || status > 299) reject(new ApiRefusal(status, text));
          else resolve(text === '' ? null : JSON.parse(text));
        });
      },
    );
    sent.on('error', reject);
    sent.setTimeout(PATIENCE_MS, () =>
      sent.destroy(new Error(`no answer to ${path} for ${PATIENCE_MS / 1000} s`)),
    );
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
