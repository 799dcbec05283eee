import { gigabytes } from '../../disk/index.ts';
import type { DeployReport } from '../../transfer/index.ts';

/** What came over the network and what was there: "2.1 GB of 41.3 GB fetched, the rest was on the disk already". */
export function savingsWords(reports: readonly DeployReport[]): string {
  const reused = reports.reduce((sum, { reusedBytes }) => sum + reusedBytes, 0);
  const written = reports.reduce((sum, { writtenBytes }) => sum + writtenBytes, 0);
  const network = reports.reduce((sum, { networkBytes }) => sum + networkBytes, 0);
  const total = gigabytes(reused + written);
  if (written === 0) return `all ${total} were on the disk already, nothing was fetched`;
  const over = `${gigabytes(network)} over the network`;
  if (reused === 0) return `${total} fetched, ${over}`;
  return `${gigabytes(written)} of ${total} fetched (${over}), the rest was on the disk already`;
}
