import { parseArgs } from 'node:util';
import { dataFolder } from '../../setup/data-folder.mjs';
import { MimeoError } from '../errors.ts';

export interface ServerOptions {
  /** State, store, keys and share live here. */
  readonly data: string;
  /** The network card to serve; null picks one. */
  readonly interface: string | null;
  /** The folder of the boot environment; null means the one in the data folder. */
  readonly bootEnvironment: string | null;
  /** Folders of copies of the store, from which damaged chunks are taken. */
  readonly storeCopies: readonly string[];
  readonly httpPort: number;
  /** Words added to the kernel's command line of every host, such as `mimeo.shell`. */
  readonly kernelWords: string;
}

export const USAGE = `Usage: npm start -- [options]

  --data FOLDER              where everything is kept (default: /var/lib/mimeo for root, else ./data)
  --interface NAME           the network card to serve (default: the one of the default route)
  --store-copy FOLDER        a copy of the store's folder: what rots is taken from it (may be repeated)
  --http-port PORT           web and API port (default: 8080)
  --boot-environment FOLDER  kernel and initramfs for hosts (default: built in the data folder)
  --mirror URL               Debian mirror the boot environment is built from (default: this machine's own)
  --kernel-words "WORDS"     added to every host's kernel command line, such as mimeo.shell
  --help
`;

/** @throws MimeoError `request-invalid` naming the option that is wrong */
export function parseOptions(argv: readonly string[]): ServerOptions | 'help' {
  const values = read(argv);
  if (values.help === true) return 'help';
  const httpPort = Number(values['http-port'] ?? 8080);
  if (!Number.isInteger(httpPort) || httpPort < 1 || httpPort > 65_535) {
    throw new MimeoError('request-invalid', `--http-port ${values['http-port']} is no port.`, {
      next: USAGE,
    });
  }
  return {
    data: dataFolder(values.data),
    interface: values.interface ?? null,
    bootEnvironment: values['boot-environment'] ?? null,
    storeCopies: values['store-copy'] ?? [],
    httpPort,
    kernelWords: values['kernel-words'] ?? '',
  };
}

type Values = Partial<
  Record<'data' | 'interface' | 'boot-environment' | 'http-port' | 'kernel-words', string>
> & { help?: boolean; 'store-copy'?: string[] };

function read(argv: readonly string[]): Values {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        data: { type: 'string' },
        interface: { type: 'string' },
        'boot-environment': { type: 'string' },
        'http-port': { type: 'string' },
        'store-copy': { type: 'string', multiple: true },
        'kernel-words': { type: 'string' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new MimeoError('request-invalid', error instanceof Error ? error.message : String(error), {
      next: USAGE,
    });
  }
}
