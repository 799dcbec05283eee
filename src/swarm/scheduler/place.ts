import { HostSet } from './host-set.ts';
import { Meter } from './meter.ts';

/** Hosts that stand together, behind a cable that they share. */
export class Place {
  readonly hosts = new HostSet();
  /** Chunks on their way to it from elsewhere, and how fast such come. */
  incoming = 0;
  readonly meter = new Meter();
  /** What comes to it takes much longer than to the best place: a slow cable leads there. */
  far = false;
}
