/**
 * Loaded into an agent's process before its own code: every tenth large body that it sends over HTTP has a wrong
 * byte. So a lying neighbour needs no hook in the agent itself.
 */
import { ServerResponse } from 'node:http';

const EVERY = 10;
const LEAST_BYTES = 32_768;
const counted = new WeakSet<ServerResponse>();
let bodies = 0;

/** A copy with one wrong byte of each tenth body; what was handed in may be what others get as well. */
function spoiled(response: ServerResponse, data: unknown): unknown {
  if (!(data instanceof Uint8Array) || data.length < LEAST_BYTES || counted.has(response)) return data;
  counted.add(response);
  bodies += 1;
  if (bodies % EVERY !== 0) return data;
  const wrong = Buffer.from(data);
  const at = wrong.length >> 1;
  wrong[at] = (wrong[at] ?? 0) ^ 0x40;
  process.stdout.write(`corrupted body ${bodies}\n`);
  return wrong;
}

for (const name of ['write', 'end'] as const) {
  const own = ServerResponse.prototype[name];
  Object.defineProperty(ServerResponse.prototype, name, {
    configurable: true,
    writable: true,
    value(this: ServerResponse, data: unknown, ...rest: unknown[]): unknown {
      return Reflect.apply(own, this, [spoiled(this, data), ...rest]);
    },
  });
}
