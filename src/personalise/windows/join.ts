import { MimeoError } from '../../errors.ts';
import type { DomainSettings } from '../settings.ts';
import { type AnswerFile, type Place, removeSetting, writeSetting } from './answer-file.ts';
import { BUILD, type WindowsFacts } from './facts.ts';
import { JOIN } from './names.ts';

export const IDENTIFICATION: Place = { pass: 'specialize', component: JOIN };

/** Every setting that says where to join; what else the component has (time-outs, logging) stays. */
const TARGETS = [
  ['Identification', 'Credentials', 'Domain'],
  ['Identification', 'Credentials', 'Password'],
  ['Identification', 'Credentials', 'Username'],
  ['Identification', 'JoinDomain'],
  ['Identification', 'JoinWorkgroup'],
  ['Identification', 'MachineObjectOU'],
  ['Identification', 'MachinePassword'],
  ['Identification', 'UnsecureJoin'],
  ['Identification', 'Provisioning', 'AccountData'],
];

/**
 * The domain or workgroup; the settings of another way to join go.
 *
 * @throws MimeoError `personalise-order` for an offline join of Vista, which has none
 */
export function withJoin(file: AnswerFile, domain: DomainSettings | null, facts: WindowsFacts): AnswerFile {
  if (domain === null) return file;
  if (domain.kind === 'offline' && facts.build < BUILD.seven) {
    throw new MimeoError('personalise-order', 'Windows Vista cannot join a domain offline.', {
      next: 'Let this image join with an account and its password (credentials) in the profile.',
    });
  }
  const wanted = new Map(targetsOf(domain).map(([path, value]) => [path.join('/'), value]));
  return TARGETS.reduce((changed, path) => {
    const value = wanted.get(path.join('/'));
    return value === undefined
      ? removeSetting(changed, IDENTIFICATION, path)
      : writeSetting(changed, IDENTIFICATION, path, value);
  }, file);
}

function targetsOf(domain: DomainSettings): [string[], string][] {
  switch (domain.kind) {
    case 'workgroup':
      return [[['Identification', 'JoinWorkgroup'], domain.name]];
    case 'offline':
      return [[['Identification', 'Provisioning', 'AccountData'], domain.blob]];
    case 'credentials': {
      const account = accountOf(domain.account, domain.domain);
      return [
        [['Identification', 'Credentials', 'Domain'], account.domain],
        [['Identification', 'Credentials', 'Password'], domain.password],
        [['Identification', 'Credentials', 'Username'], account.name],
        [['Identification', 'JoinDomain'], domain.domain],
        ...(domain.unit === null
          ? []
          : [[['Identification', 'MachineObjectOU'], domain.unit] satisfies [string[], string]]),
      ];
    }
  }
}

/** `SCHOOL\joiner` and `joiner@school.example` taken apart. */
export function accountOf(account: string, domain: string): { name: string; domain: string } {
  const [, prefix, after] = /^([^\\]+)\\(.+)$/.exec(account) ?? [];
  if (prefix !== undefined && after !== undefined) return { name: after, domain: prefix };
  const [, before, suffix] = /^([^@]+)@(.+)$/.exec(account) ?? [];
  if (before !== undefined && suffix !== undefined) return { name: before, domain: suffix };
  return { name: account, domain };
}
