import type { Generated } from 'kysely';

/** The tables as Kysely sees them. Times are milliseconds since the epoch, flags 0 or 1, JSON is text. */
export interface Tables {
  hosts: HostTable;
  host_macs: { host_id: string; mac: string; seen_at: number };
  deployments: DeploymentTable;
  tasks: TaskTable;
  events: EventTable;
  agent_sessions: AgentSessionTable;
  boot_nonces: BootNonceTable;
  technician_codes: { code_hash: string; created_at: number; valid_until: number; tries_left: number };
  api_tokens: { token_hash: string; label: string; created_at: number };
  settings: { key: string; value: string };
  manifest_rows: ManifestRowTable;
}

interface AgentSessionTable {
  token_hash: string;
  host_id: string;
  /** Why the boot environment was sent; null when it came from media. */
  why: 'task' | 'ask' | null;
  /** 1 when it has had a task in this boot. */
  took_task: number;
  /** 1 when the question at its screen was answered. */
  answered: number;
  created_at: number;
}

interface BootNonceTable {
  nonce_hash: string;
  mac: string;
  host_id: string;
  /** Why the boot environment was sent: for a task, or to ask at the screen. */
  why: 'task' | 'ask';
  created_at: number;
  used_at: number | null;
}

interface HostTable {
  id: string;
  uuid: string | null;
  serial: string | null;
  /** `uuid` as it is compared (see `uuidKey` of the fleet room); null when it tells nothing. */
  uuid_key: string | null;
  /** `serial` as it is compared; null when it tells nothing. */
  serial_key: string | null;
  name: string | null;
  lab: string | null;
  /** The image that the manifest assigns. */
  image: string | null;
  /** 1 when the manifest names it or a technician did at its screen. */
  known: number;
  inventory: string | null;
  conflict: string | null;
  first_seen: number;
  last_seen: number | null;
  declined_at: number | null;
  /** 1: the next boot script sends it to its own disk whatever else is true of it. */
  local_once: number;
  last_image: string | null;
  last_version: number | null;
  last_imaged_at: number | null;
}

interface ManifestRowTable {
  mac: string;
  name: string;
  image: string;
  lab: string | null;
  /** The host it means. Of several rows of one host the one with the lowest place is in force. */
  host_id: string;
  /** Where it stands in the file. */
  place: number;
}

interface DeploymentTable {
  id: string;
  kind: 'deploy' | 'capture';
  ordered_by: string;
  created_at: number;
  opens_until: number | null;
  /** How it may use the network, as JSON; what is not in it is as usual. */
  network: Generated<string>;
}

interface TaskTable {
  id: string;
  deployment_id: string;
  host_id: string;
  host_name: string;
  image: string;
  version: number | null;
  notes: string;
  after: 'reboot' | 'shutdown' | 'stay';
  /** Which disk is meant and what stays of it, as JSON. */
  disk: string;
  /** The status once more, for queries; `state` is the truth. */
  status: string;
  state: string;
}

interface EventTable {
  id: Generated<number>;
  at: number;
  topic: string;
  kind: string;
  level: 'info' | 'warning' | 'error';
  host_id: string | null;
  task_id: string | null;
  words: string;
}
