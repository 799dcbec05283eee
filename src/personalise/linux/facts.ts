/** What is known of an installed Linux before anything is planned. */
export interface LinuxFacts {
  /** `ID` of os-release: `debian`, `ubuntu`, `fedora`, `opensuse-leap`… */
  readonly id: string;
  /** `ID_LIKE` of os-release. */
  readonly like: readonly string[];
  /** `VERSION_ID` of os-release: `12`, `24.04`; null where the distribution has none. */
  readonly version: string | null;
  readonly init: 'systemd' | 'openrc' | 'sysv' | 'unknown';
  /** As `/etc/selinux/config` says; `absent` without it. */
  readonly selinux: 'enforcing' | 'permissive' | 'disabled' | 'absent';
}

/** Which of the two customs for settings of the whole system a distribution has. */
export function isDebianLike({ id, like }: LinuxFacts): boolean {
  return [id, ...like].some((name) => name === 'debian' || name === 'ubuntu');
}
