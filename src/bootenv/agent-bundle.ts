import { createHash } from 'node:crypto';
import { build } from 'esbuild';
import { MimeoError } from '../errors.ts';
import { compressArchive } from './compress-archive.ts';
import { writeCpio } from './cpio.ts';

/** The agent as one file for Node 24. */
export interface AgentBundle {
  readonly code: Buffer;
  /** SHA-256 of the code, lower-case hex. */
  readonly hash: string;
}

/**
 * Bundles the agent and everything it imports into one legible ES module.
 *
 * @throws MimeoError `bootenv-build` with esbuild's first messages.
 */
export async function bundleAgent(entry: string): Promise<AgentBundle> {
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    minify: false,
    sourcemap: false,
    legalComments: 'inline',
    logLevel: 'silent',
    // Bundled CommonJS packages call require() for Node's own modules.
    banner: {
      js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
    },
  }).catch((cause: unknown) => {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new MimeoError('bootenv-build', `The agent ${entry} could not be bundled: ${message}`, { cause });
  });
  const code = Buffer.from(result.outputFiles[0]?.contents ?? []);
  return { code, hash: createHash('sha256').update(code).digest('hex') };
}

/** The agent as a compressed archive that the kernel unpacks after the first one. */
export function agentArchive(agent: AgentBundle): Buffer {
  return compressArchive(writeCpio([{ kind: 'file', path: 'agent.mjs', content: agent.code }]));
}
