import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CommandResult, run } from '../../command.ts';
import { MimeoError } from '../../errors.ts';
import { nameProblem } from '../../fleet/index.ts';
import type { DomainJoiner, JoinRequest, ProvisionedJoin } from './domain-joiner.ts';
import { readJoinBlob } from './join-blob.ts';
import { checkJoin, type JoinAccount, sambaConfiguration, sambaUser } from './samba-settings.ts';
import { sambaError } from './samba-words.ts';

/** One call takes a third of a second; a controller that is gone is noticed sooner than this. */
const PATIENCE_MS = 60_000;
/** -1 stands for a program that was killed. */
const ANY_STATUS = Array.from({ length: 257 }, (_, index) => index - 1);
/** Memory, where the system has it: nothing secret is written, but who knows what Samba leaves one day. */
const MEMORY = '/dev/shm';

/**
 * Offline domain join by Samba's `net` (package samba-common-bin), against Samba's and Windows' own domain
 * controllers. The password goes in through standard input and the blob comes out through standard output, so neither
 * is ever in a file, in an argument or in the environment.
 */
export class SambaJoiner implements DomainJoiner {
  readonly #account: JoinAccount;

  constructor(account: JoinAccount) {
    this.#account = account;
  }

  async provision(request: JoinRequest, signal?: AbortSignal): Promise<ProvisionedJoin> {
    const { computerName, unit, mayReset } = request;
    const refusal = nameProblem(computerName);
    if (refusal !== null) {
      throw new MimeoError('domain-settings', `The computer name ${computerName} ${refusal}.`);
    }
    checkJoin(this.#account, request);
    const home = (await stat(MEMORY).catch(() => null))?.isDirectory() === true ? MEMORY : tmpdir();
    const folder = await mkdtemp(join(home, 'mimeo-join-'));
    try {
      const { domain } = this.#account;
      const configure = (workgroup: string): Promise<void> =>
        writeFile(join(folder, 'smb.conf'), sambaConfiguration({ domain, workgroup, computerName, folder }), {
          mode: 0o600,
        });
      await configure('WORKGROUP');
      await configure(await this.#workgroup(folder, request, signal));
      const found = await this.#find(folder, request, signal);
      if (found !== null && !mayReset) {
        throw new MimeoError(
          'domain-account-exists',
          `${domain} has an account ${computerName} already: ${found}.`,
        );
      }
      const blob = await this.#provision(folder, request, found, signal);
      return { blob, account: found === null ? 'made' : 'reset', warnings: elsewhere(found, unit) };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** The domain's short name, which Samba wants to know before it says anything else of what is wrong. */
  async #workgroup(folder: string, request: JoinRequest, signal?: AbortSignal): Promise<string> {
    const { status, stdout, stderr } = await this.#net(
      folder,
      ['ads', 'workgroup', ...this.#server()],
      signal,
    );
    const name = /^Workgroup: (\S+)$/m.exec(stdout.toString())?.[1];
    if (name !== undefined) return name;
    // Nobody logs on for this: whatever it says, no controller was found.
    throw this.#error(`no logon servers: ${stderr}`, status, request, null);
  }

  /** The distinguished name of the computer's account, or null. */
  async #find(folder: string, request: JoinRequest, signal?: AbortSignal): Promise<string | null> {
    const filter = `(&(objectClass=computer)(sAMAccountName=${request.computerName}$))`;
    const argv = ['ads', 'search', ...this.#server(), filter, 'distinguishedName'];
    const { status, stdout, stderr } = await this.#net(folder, argv, signal);
    const text = stdout.toString();
    if (status !== 0 || !/^Got \d+ replies/m.test(text))
      throw this.#error(`${stderr}\n${text}`, status, request, null);
    return /^distinguishedName: (.+)$/m.exec(text)?.[1]?.trim() ?? null;
  }

  async #provision(
    folder: string,
    request: JoinRequest,
    found: string | null,
    signal?: AbortSignal,
  ): Promise<ProvisionedJoin['blob']> {
    const { domain, controller } = this.#account;
    const argv = [
      'offlinejoin',
      'provision',
      `domain=${domain}`,
      `machine_name=${request.computerName}`,
      ...(request.unit === null ? [] : [`machine_account_ou=${request.unit}`]),
      ...(controller === null ? [] : [`dcname=${controller}`]),
      ...(found === null ? [] : ['reuse']),
      'printblob',
    ];
    const { status, stdout, stderr } = await this.#net(folder, argv, signal);
    const [said = '', ...rest] = stdout.toString('latin1').trim().split(/\r?\n/);
    // Words first, then the blob on a line of its own.
    if (status !== 0) throw this.#error(`${stderr}\n${said}`, status, request, found);
    return readJoinBlob(Buffer.from(rest.at(-1) ?? '', 'latin1'), request.computerName);
  }

  #server(): string[] {
    const { controller } = this.#account;
    return controller === null ? [] : ['-S', controller];
  }

  async #net(folder: string, argv: readonly string[], signal?: AbortSignal): Promise<CommandResult> {
    const patience = AbortSignal.timeout(PATIENCE_MS);
    try {
      return await run(
        ['net', '--configfile', join(folder, 'smb.conf'), '-U', sambaUser(this.#account), ...argv],
        {
          input: `${this.#account.password.reveal()}\n`,
          // Its words are read; the password comes through standard input; tickets stay in the one process.
          env: { LC_ALL: 'C', PASSWD_FD: '0', KRB5CCNAME: 'MEMORY:' },
          cwd: folder,
          allowStatus: ANY_STATUS,
          signal: signal === undefined ? patience : AbortSignal.any([signal, patience]),
        },
      );
    } catch (error) {
      if (patience.aborted && signal?.aborted !== true) {
        throw new MimeoError('domain-unreachable', `${this.#account.domain} did not answer within a minute.`);
      }
      const isMissing =
        error instanceof MimeoError && (error.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
      if (isMissing)
        throw new MimeoError('samba-missing', "Samba's program `net` is not installed on this server.");
      throw error;
    }
  }

  /** @param all that was said by `net`, which complains of standard input each time it looks for the password again */
  #error(all: string, status: number, { computerName, unit }: JoinRequest, found: string | null): MimeoError {
    const { domain, account, controller } = this.#account;
    const said = all.replaceAll(/^Error reading password from file descriptor.*$/gm, '');
    return sambaError(said, status, { domain, account, controller, computerName, unit, found });
  }
}

/** An account that is there is not moved. */
function elsewhere(found: string | null, unit: string | null): string[] {
  if (found === null || unit === null) return [];
  const [, ...rest] = found.split(/(?<!\\),/);
  return rest.join(',').toLowerCase() === unit.toLowerCase()
    ? []
    : [`The domain has ${found}, which stays there and does not move to ${unit}.`];
}
