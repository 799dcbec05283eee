import type { Secret } from './secret.ts';

export interface JoinRequest {
  /** Checked by the rule of `src/fleet/naming.ts`. */
  readonly computerName: string;
  /** Distinguished name of the unit that a new account is made in; null: the domain's default. */
  readonly unit: string | null;
  /**
   * Whether an account that is there already gets a new password. Right for a host that is deployed again; it throws
   * any other machine of that name out of the domain.
   */
  readonly mayReset: boolean;
}

export interface ProvisionedJoin {
  /** Base64 as `AccountData` of unattend.xml takes it; it holds the machine's password. */
  readonly blob: Secret;
  readonly account: 'made' | 'reset';
  /** What a technician should know although the host will join. */
  readonly warnings: readonly string[];
}

/** Makes a computer's account in a domain, so that the computer can join it without a password and offline. */
export interface DomainJoiner {
  /**
   * @throws MimeoError `domain-account-exists`, `domain-blob-invalid`, `domain-clock`, `domain-join-failed`,
   * `domain-login`, `domain-rights`, `domain-settings`, `domain-unit`, `domain-unreachable`, `samba-missing`
   */
  provision(request: JoinRequest, signal?: AbortSignal): Promise<ProvisionedJoin>;
}
