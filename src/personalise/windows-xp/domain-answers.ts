import type { DomainSettings } from '../settings.ts';
import { type Answers, NO_ANSWERS, noAnswers, textAnswer } from './answer.ts';

const SECTION = 'Identification';
const OF_A_DOMAIN = ['JoinDomain', 'DomainAdmin', 'DomainAdminPassword', 'MachineObjectOU'];

/** [Identification]: which workgroup or domain the host joins. The keys of the other kind go. */
export function domainAnswers(domain: DomainSettings | null): Answers {
  if (domain === null) return NO_ANSWERS;
  switch (domain.kind) {
    case 'workgroup':
      return {
        answers: [
          ...noAnswers(SECTION, OF_A_DOMAIN),
          textAnswer(SECTION, 'JoinWorkgroup', domain.name, 'The name of the workgroup'),
        ],
        warnings: [],
      };
    case 'credentials':
      return {
        answers: [
          ...noAnswers(SECTION, ['JoinWorkgroup', ...(domain.unit === null ? ['MachineObjectOU'] : [])]),
          textAnswer(SECTION, 'JoinDomain', domain.domain, 'The name of the domain'),
          textAnswer(SECTION, 'DomainAdmin', domain.account, 'The account that joins the domain'),
          textAnswer(SECTION, 'DomainAdminPassword', domain.password, 'The password for joining the domain', {
            alwaysQuoted: true,
          }),
          ...(domain.unit === null
            ? []
            : [
                textAnswer(SECTION, 'MachineObjectOU', domain.unit, "The domain's unit", {
                  alwaysQuoted: true,
                }),
              ]),
        ],
        warnings: [],
      };
    case 'offline':
      return {
        answers: [],
        warnings: [
          `An offline join needs Windows 7 or later: this host does not join ${domain.domain}. Give its profile an account that joins.`,
        ],
      };
  }
}
