import {
  type ConfFile,
  type ConfProblem,
  nearestName,
  OptionReader,
  type Parsed,
  parseBoolean,
  parseChoice,
  parseInteger,
  parseList,
  Secret,
} from '@cinder-flasharray/common';
import { hostPersonalities, type TlsTrust } from '@cinder-flasharray/flasharray';
import type { BackendConfig } from './backend-config.ts';
import { type Cidr, parseCidr } from './cidr.ts';
import { driverOptions, ignoredBackendOptions } from './driver-options.ts';

export type ReadBackend =
  | { readonly kind: 'ok'; readonly config: BackendConfig; readonly warnings: readonly ConfProblem[] }
  | {
      readonly kind: 'invalid';
      readonly problems: readonly ConfProblem[];
      readonly warnings: readonly ConfProblem[];
    };

const classPrefix = 'cinder.volume.drivers.pure.';
const availableClass = `${classPrefix}PureISCSIDriver`;
const comingClasses = [`${classPrefix}PureFCDriver`, `${classPrefix}PureNVMEDriver`];

const needsReplication =
  'replication is not there yet: remove the option, or keep this back end on the Python driver';

/**
 * Reads one back end: its own section, then `[backend_defaults]`. Every problem is collected; nothing is thrown.
 * @param names the service's templates for `volume.name` and `snapshot.name`
 */
export function readBackendConfig(
  conf: ConfFile,
  section: string,
  names: { readonly volumeNameTemplate: string; readonly snapshotNameTemplate: string },
): ReadBackend {
  const reader = new OptionReader(conf, [section, 'backend_defaults']);
  const warnings = unknownOptions(conf, section);
  const warn = (option: string, rule: string): void => {
    const assignment = reader.assignment(option);
    warnings.push({ file: assignment?.file ?? null, line: assignment?.line ?? null, section, option, rule });
  };
  checkDriverClass(reader);
  if (reader.assignment('replication_device') !== null) {
    reader.refuse('replication_device', needsReplication);
  }
  if (reader.read('pure_trisync_enabled', parseBoolean, false)) {
    reader.refuse('pure_trisync_enabled', needsReplication);
  }
  const address = reader.required('san_ip', "must be set to the array's management address");
  const token = reader.required(
    'pure_api_token',
    'must be set; make one on the array with: pureadmin create --api-token USER',
  );
  const volumeBackendName = reader.text('volume_backend_name') ?? 'PureISCSIDriver';
  const safemodeEnabled = reader.read('pure_safemode_enabled', parseBoolean, false);
  const eradicates = reader.read('pure_eradicate_on_delete', parseBoolean, false);
  if (safemodeEnabled && eradicates) {
    warn('pure_eradicate_on_delete', 'has no effect with pure_safemode_enabled: nothing is eradicated');
  }
  const config: BackendConfig = {
    section,
    volumeBackendName,
    protocol: 'iscsi',
    address,
    apiToken: new Secret(token),
    tls: readTls(reader, warn),
    useChapAuth: reader.read('use_chap_auth', parseBoolean, false),
    initiatorDataNamespace: reader.text('driver_data_namespace') ?? volumeBackendName,
    reservedPercentage: reader.read('reserved_percentage', parseInteger({ min: 0, max: 100 }), 0),
    maxOverSubscriptionRatio: reader.read('max_over_subscription_ratio', parseRatio, 20),
    automaticMaxOverSubscriptionRatio: reader.read(
      'pure_automatic_max_oversubscription_ratio',
      parseBoolean,
      true,
    ),
    eradicateOnDelete: eradicates && !safemodeEnabled,
    safemodeEnabled,
    hostPersonality:
      reader.text('pure_host_personality') === null
        ? null
        : reader.read('pure_host_personality', parseChoice(hostPersonalities), null),
    iscsiCidrs: readCidrs(reader, warn),
    filterFunction: reader.text('filter_function'),
    goodnessFunction: reader.text('goodness_function'),
    ...names,
  };
  return reader.problems.length === 0
    ? { kind: 'ok', config, warnings }
    : { kind: 'invalid', problems: reader.problems, warnings };
}

function checkDriverClass(reader: OptionReader): void {
  const name = reader.required('volume_driver', `must be set to ${availableClass}`);
  if (comingClasses.includes(name)) {
    reader.refuse('volume_driver', `${name} is not there yet; ${availableClass} is`);
  } else if (name !== '' && name !== availableClass) {
    reader.refuse(
      'volume_driver',
      `must be ${availableClass}: this service drives Pure Storage FlashArray only`,
    );
  }
}

function readTls(reader: OptionReader, warn: (option: string, rule: string) => void): TlsTrust {
  const path = reader.text('driver_ssl_cert_path');
  if (!reader.read('driver_ssl_cert_verify', parseBoolean, false)) {
    if (path !== null) {
      warn('driver_ssl_cert_path', 'is not used while driver_ssl_cert_verify is off');
    }
    return { kind: 'not-verified' };
  }
  return path === null ? { kind: 'system-roots' } : { kind: 'bundle', path };
}

function readCidrs(reader: OptionReader, warn: (option: string, rule: string) => void): readonly Cidr[] {
  if (reader.text('pure_iscsi_cidr_list') !== null) {
    if (reader.text('pure_iscsi_cidr') !== null) {
      warn('pure_iscsi_cidr', 'is not used: pure_iscsi_cidr_list is set');
    }
    return reader.read('pure_iscsi_cidr_list', parseCidrs, []);
  }
  return reader.read('pure_iscsi_cidr', parseCidrs, parsedDefault());
}

function parsedDefault(): readonly Cidr[] {
  const parsed = parseCidrs('0.0.0.0/0');
  return parsed.kind === 'value' ? parsed.value : [];
}

function parseCidrs(text: string): Parsed<readonly Cidr[]> {
  const list = parseList(text);
  if (list.kind === 'broken') {
    return list;
  }
  const cidrs: Cidr[] = [];
  for (const item of list.value) {
    const parsed = parseCidr(item);
    if (parsed.kind === 'invalid') {
      return { kind: 'broken', rule: `"${item}" ${parsed.rule}` };
    }
    cidrs.push(parsed.cidr);
  }
  return cidrs.length === 0
    ? { kind: 'broken', rule: 'must name at least one network' }
    : { kind: 'value', value: cidrs };
}

function parseRatio(text: string): Parsed<number | 'auto'> {
  if (text.trim() === 'auto') {
    return { kind: 'value', value: 'auto' };
  }
  const ratio = Number(text);
  return text.trim() !== '' && Number.isFinite(ratio) && ratio >= 1
    ? { kind: 'value', value: ratio }
    : { kind: 'broken', rule: 'must be auto, or a number from 1' };
}

/** Options nobody here knows: never an error, so that a production file works unchanged. */
function unknownOptions(conf: ConfFile, section: string): ConfProblem[] {
  const known = driverOptions.map(({ name }) => name);
  return conf.inSection(section).flatMap(({ option, file, line }) => {
    if (known.includes(option) || ignoredBackendOptions.includes(option)) {
      return [];
    }
    const near = nearestName(option, known);
    const rule =
      near === null ? 'is not known here and has no effect' : `is not known; did you mean ${near}?`;
    return [{ file, line, section, option, rule }];
  });
}
