import type { Clock } from '../clock.ts';
import type { SecretRepository } from '../db/index.ts';
import { MimeoError } from '../errors.ts';
import type { EventHub } from './event-hub.ts';
import { newCode, newToken, normaliseCode } from './random.ts';

const CODE_HOURS = 8;
const CODE_TRIES = 10;
/** The one-time code is on the server's own console; whoever guesses wrongly this often makes it void. */
const CLAIM_TRIES = 10;

/** Codes and tokens of people. */
export class Access {
  readonly #secrets: SecretRepository;
  readonly #hub: EventHub;
  readonly #clock: Clock;
  #claim: { code: string; tries: number } | null = null;

  constructor(ports: { secrets: SecretRepository; hub: EventHub; clock: Clock }) {
    this.#secrets = ports.secrets;
    this.#hub = ports.hub;
    this.#clock = ports.clock;
  }

  /** A code for the question at unknown machines' screens: valid for eight hours and ten wrong tries. */
  async newTechnicianCode(by: string): Promise<{ code: string; validUntil: number }> {
    const at = this.#clock.now();
    const code = newCode();
    const validUntil = at + CODE_HOURS * 3_600_000;
    await this.#secrets.addCode(normaliseCode(code), at, validUntil, CODE_TRIES);
    await this.#hub.publish('server', {
      kind: 'code',
      level: 'info',
      words: `A technician's code was made by ${by}, valid for ${CODE_HOURS} hours.`,
    });
    return { code, validUntil };
  }

  /** The one-time code of this start of the server; it is only ever printed on the server's console. */
  newClaimCode(): string {
    const code = newCode();
    this.#claim = { code: normaliseCode(code), tries: CLAIM_TRIES };
    return code;
  }

  /**
   * Turns the one-time code into an access token; the code is used up.
   *
   * @throws MimeoError `code-wrong`; `code-missing` when it was used or guessed at too often
   */
  async claim(typed: string): Promise<string> {
    const claim = this.#claim;
    if (claim === null) {
      throw new MimeoError('code-missing', 'The one-time code of this server has been used.', {
        next: 'Restart the server: it prints a new one.',
      });
    }
    if (normaliseCode(typed) !== claim.code) {
      this.#claim = claim.tries > 1 ? { ...claim, tries: claim.tries - 1 } : null;
      throw new MimeoError('code-wrong', 'This is not the one-time code.', {
        next: 'Type the code that the server printed when it started.',
      });
    }
    this.#claim = null;
    const token = newToken();
    await this.#secrets.addApiToken(token, 'admin', this.#clock.now());
    await this.#hub.publish('server', {
      kind: 'claimed',
      level: 'info',
      words: 'The one-time code was used.',
    });
    return token;
  }

  /** Whose token this is; null when it is nobody's. */
  async whoIs(token: string): Promise<string | null> {
    return this.#secrets.apiTokenLabel(token);
  }
}
