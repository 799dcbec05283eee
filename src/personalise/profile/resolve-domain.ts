import type { DomainSettings } from '../settings.ts';
import type { HostValues } from './host-values.ts';
import type { Merged, Said } from './layers.ts';
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
  const before = values.problems.length;
  const needed = (key: string, value: string | null): string => {
    if (value === null && values.problems.length === before) {
      const message = `join = "${join.value}" needs ${key}, and no profile for this host has it.`;
      values.complain(join.at, message, `Add ${key} under [domain].`);
    }
    return value ?? '';
  };
  const text = (
    key: string,
    said: Said<string> | null,
    rule?: (value: string) => string | null,
  ): string | null => values.text(`domain.${key}`, said, { ...(rule === undefined ? {} : { rule }) });

  if (join.value === 'workgroup') {
    const name = needed('workgroup', text('workgroup', merged.single('domain.workgroup'), workgroupRule));
    return { domain: { kind: 'workgroup', name }, offlineJoin: null };
  }
  const domain = needed('domain', text('domain', merged.single('domain.domain'), domainNameRule));
  const account = text('account', merged.single('domain.account'));
  const password = values.secret('domain.password', merged.single('domain.password'));
  const unit = values.text('domain.unit', merged.single('domain.unit'), {
    rule: unitRule,
    escaped: escapeForUnit,
  });
  if (join.value === 'offline') return { domain: null, offlineJoin: { domain, unit, account, password } };
  return {
    domain: {
      kind: 'credentials',
      domain,
      account: needed('account', account),
      password: needed('password', password),
      unit,
    },
    offlineJoin: null,
  };
}
