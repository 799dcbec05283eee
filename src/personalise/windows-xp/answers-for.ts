import type { HostSettings } from '../settings.ts';
import type { Answers } from './answer.ts';
import { domainAnswers } from './domain-answers.ts';
import { driverAnswers } from './driver-paths.ts';
import { regionAnswers, timeZoneAnswers } from './region-answers.ts';
import { setupAnswers } from './setup-answers.ts';
import { logonAnswers, userAnswers } from './user-answers.ts';
import type { XpFacts } from './xp-facts.ts';

/** All that sysprep.inf has to say of a host; what the settings are silent of stays as the image has it. */
export function answersFor(settings: HostSettings, facts: XpFacts, sysprepInf: string): Answers {
  const parts = [
    userAnswers(settings, facts),
    logonAnswers(settings, sysprepInf),
    timeZoneAnswers(settings.region),
    regionAnswers(settings.region, sysprepInf),
    setupAnswers(settings, sysprepInf),
    driverAnswers(settings.drivers, sysprepInf),
    domainAnswers(settings.domain),
  ];
  return {
    answers: parts.flatMap(({ answers }) => answers),
    warnings: parts.flatMap(({ warnings }) => warnings),
  };
}
