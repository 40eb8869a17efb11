import {
  type OptionReader,
  type Parsed,
  parseBoolean,
  parseDict,
  parseInteger,
  Secret,
} from '@cinder-flasharray/common';
import type { TlsTrust } from '@cinder-flasharray/flasharray';
import type { ReplicationConfig, ReplicationTarget } from './replication-config.ts';

/** The keys of a `replication_device` (driver-behaviour section 1.4). */
const deviceKeys = [
  'backend_id',
  'san_ip',
  'api_token',
  'type',
  'uniform',
  'ssl_cert_verify',
  'ssl_cert_path',
];
/** In old samples; read by nobody. */
const ignoredKeys = ['managed_backend_name'];
const largestSeconds = 34_560_000;

/**
 * `parse_replication_configs`: null when no `replication_device` is set. Problems are recorded with the reader.
 * @param warn is told of what is ignored
 */
export function readReplicationConfig(
  reader: OptionReader,
  backendName: string,
  warn: (option: string, rule: string) => void,
): ReplicationConfig | null {
  const devices = reader.readAll('replication_device', (text) => parseDevice(text, warn));
  const trisync = reader.read('pure_trisync_enabled', parseBoolean, false);
  if (devices.length === 0) {
    if (trisync && reader.assignment('replication_device') === null) {
      reader.refuse(
        'pure_trisync_enabled',
        'needs two replication_device, one of type sync and one of type async',
      );
    }
    return null;
  }
  const ids = devices.map(({ backendId }) => backendId);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index || id === backendName || id === 'default');
  if (twice !== undefined) {
    reader.refuse(
      'replication_device',
      `backend_id ${twice} must differ from the others, from "default", and from volume_backend_name (${backendName})`,
    );
  }
  const [first] = devices;
  const mixed =
    devices
      .map(({ kind }) => kind)
      .sort()
      .join(' ') === 'async sync';
  const differ = first?.apiToken.expose() !== devices[1]?.apiToken.expose();
  if (trisync && !(devices.length === 2 && mixed && differ)) {
    reader.refuse(
      'pure_trisync_enabled',
      'needs exactly two replication_device, one of type sync and one of type async, which are different arrays with tokens of their own',
    );
  }
  const text = (option: string, otherwise: string): string => reader.text(option) ?? otherwise;
  return {
    targets: devices,
    protectionGroup: readName(reader, 'pure_replication_pg_name', 'cinder-group'),
    pod: readName(reader, 'pure_replication_pod_name', 'cinder-pod'),
    ghostPod: text('pure_ghost_pod_name', 'cinder-ghost-pod'),
    interval:
      reader.read('pure_replica_interval_default', parseInteger({ min: 300, max: largestSeconds }), 3_600) *
      1_000,
    retention: {
      allFor:
        reader.read(
          'pure_replica_retention_short_term_default',
          parseInteger({ min: 60, max: largestSeconds }),
          14_400,
        ) * 1_000,
      perDay: reader.read(
        'pure_replica_retention_long_term_per_day_default',
        parseInteger({ min: 0, max: 1_440 }),
        3,
      ),
      days: reader.read('pure_replica_retention_long_term_default', parseInteger({ min: 0, max: 4_000 }), 7),
    },
    trisyncGroup: trisync ? readName(reader, 'pure_trisync_pg_name', 'cinder-trisync') : null,
  };
}

function readName(reader: OptionReader, option: string, otherwise: string): string {
  const name = reader.text(option) ?? otherwise;
  if (!/^[a-zA-Z0-9]([-a-zA-Z0-9_]{0,61}[a-zA-Z0-9])?$/.test(name)) {
    reader.refuse(
      option,
      'must be 1 to 63 letters, digits and dashes, beginning and ending with a letter or digit',
    );
  }
  return name;
}

function parseDevice(text: string, warn: (option: string, rule: string) => void): Parsed<ReplicationTarget> {
  const dict = parseDict(text);
  if (dict.kind === 'broken') {
    return dict;
  }
  const keys = dict.value;
  const broken = (rule: string): Parsed<never> => ({ kind: 'broken', rule });
  for (const unknown of Object.keys(keys)) {
    if (!deviceKeys.includes(unknown) && !ignoredKeys.includes(unknown)) {
      warn(
        'replication_device',
        `key ${unknown} is not known and is ignored; known are ${deviceKeys.join(', ')}`,
      );
    }
  }
  const { backend_id: backendId = '', san_ip: address = '', api_token: token = '' } = keys;
  const missing = [
    ['backend_id', backendId],
    ['san_ip', address],
    ['api_token', token],
  ].find(([, value]) => value === '');
  if (missing !== undefined) {
    return broken(`must have the key ${missing[0]}`);
  }
  const kind = keys.type ?? 'async';
  if (kind !== 'async' && kind !== 'sync') {
    return broken(`type of ${backendId} must be sync or async`);
  }
  const uniform = parseBoolean(keys.uniform ?? 'false');
  const verify = parseBoolean(keys.ssl_cert_verify ?? 'false');
  if (uniform.kind === 'broken' || verify.kind === 'broken') {
    return broken(`uniform and ssl_cert_verify of ${backendId} must be true or false`);
  }
  return {
    kind: 'value',
    value: {
      backendId,
      address,
      apiToken: new Secret(token),
      tls: trust(verify.value, keys.ssl_cert_path),
      kind,
      uniform: kind === 'sync' && uniform.value,
    },
  };
}

function trust(verify: boolean, path: string | undefined): TlsTrust {
  if (!verify) {
    return { kind: 'not-verified' };
  }
  return path === undefined || path === '' ? { kind: 'system-roots' } : { kind: 'bundle', path };
}
