import { MimeoError } from '../../../errors.ts';
import type { FirstBootReport } from '../../settings.ts';
import { LOG } from './runner.ts';
import { shellQuote } from './shell-quote.ts';

/** How often a step is begun that was interrupted each time. */
const MOST_TRIES = 3;
/** Between two tries, in seconds. */
const PAUSE_SECONDS = 15;
/** How long the server is waited for at the end of each boot, in seconds. */
const PATIENCE_SECONDS = 300;
/** In how many boots; then the first boot ends without having told all. */
const MOST_BOOTS = 30;
/** An address without anything that curl's configuration or a request line would read as more. */
const ADDRESS = /^https?:\/\/[A-Za-z0-9.:[\]-]+(\/[A-Za-z0-9._~/-]*)?$/;
const TOKEN = /^[A-Za-z0-9._~+/=-]{1,512}$/;

/**
 * The runner's settings, as a shell reads them.
 *
 * @param final number of the last step
 * @throws MimeoError `personalise-order`
 */
export function settingsText(report: FirstBootReport | null, final: number): string {
  if (report !== null && !ADDRESS.test(report.url)) {
    throw new MimeoError('personalise-order', `${report.url} is no address that a first boot can report to.`);
  }
  if (report !== null && !TOKEN.test(report.token)) {
    throw new MimeoError(
      'personalise-order',
      'The token for reports has characters that no header can carry.',
    );
  }
  const url = report === null ? null : new URL(report.url);
  // Bash's own sockets cannot do TLS.
  const plain = url?.protocol === 'http:' ? url : null;
  const values = {
    url: report?.url.replace(/\/+$/, '') ?? '',
    token: report?.token ?? '',
    host: plain?.hostname.replace(/^\[|\]$/g, '') ?? '',
    port: plain === null ? '' : plain.port || '80',
    path: plain?.pathname.replace(/\/+$/, '') ?? '',
    log: LOG,
    final: String(final),
    most: String(MOST_TRIES),
    boots: String(MOST_BOOTS),
    pause: String(PAUSE_SECONDS),
    patience: String(PATIENCE_SECONDS),
    restart: 'reboot',
  };
  return Object.entries(values)
    .map(([key, value]) => `${key}=${shellQuote(value)}\n`)
    .join('');
}
