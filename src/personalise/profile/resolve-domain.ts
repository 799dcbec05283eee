import type { DomainSettings } from '../settings.ts';
import type { HostValues } from './host-values.ts';
import type { Merged } from './layers.ts';
import { domainNameRule, unitRule, workgroupRule } from './rules.ts';
import { escapeForUnit } from './template.ts';

/** An account in the domain that the server makes for a host, whose blob is then its `AccountData`. */
export interface OfflineJoin {
  readonly domain: string;
  readonly unit: string | null;
  /** Who makes it; null: as the server is set up. */
  readonly account: string | null;
  /** A secret. */
  readonly password: string | null;
}

interface ResolvedDomain {
  readonly domain: DomainSettings | null;
  readonly offlineJoin: OfflineJoin | null;
}

const NONE: ResolvedDomain = { domain: null, offlineJoin: null };

/** Where the host belongs: what `join` says decides which of the other keys count. */
export function resolveDomain(merged: Merged, values: HostValues): ResolvedDomain {
  const join = merged.single('domain.join');
  if (join === null || join.value === 'none') return NONE;
  values.origins.set('domain', join.at);
  const needed = <K extends 'workgroup' | 'domain' | 'account' | 'password'>(key: K) => {
    const said = merged.single(`domain.${key}`);
    if (said === null) {
      const message = `join = "${join.value}" needs ${key}, and no profile for this host has it.`;
      values.complain(join.at, message, `Add ${key} under [domain].`);
    }
    return said;
  };
  if (join.value === 'workgroup') {
    const name = values.text('domain.workgroup', needed('workgroup'), { rule: workgroupRule });
    return { domain: { kind: 'workgroup', name: name ?? '' }, offlineJoin: null };
  }
  const domain = values.text('domain.domain', needed('domain'), { rule: domainNameRule }) ?? '';
  const unit = values.text('domain.unit', merged.single('domain.unit'), {
    rule: unitRule,
    escaped: escapeForUnit,
  });
  if (join.value === 'offline') {
    const account = values.text('domain.account', merged.single('domain.account'));
    const password = values.secret('domain.password', merged.single('domain.password'));
    return { domain: null, offlineJoin: { domain, unit, account, password } };
  }
  const account = values.text('domain.account', needed('account')) ?? '';
  const password = values.secret('domain.password', needed('password')) ?? '';
  return { domain: { kind: 'credentials', domain, account, password, unit }, offlineJoin: null };
}
