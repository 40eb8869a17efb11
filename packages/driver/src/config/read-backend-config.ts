import {
  type ConfFile,
  type ConfProblem,
  nearestName,
  OptionReader,
  type Parsed,
  parseBoolean,
  parseChoice,
  parseDict,
  parseInteger,
  parseList,
  Secret,
} from '@cinder-flasharray/common';
import { hostPersonalities, type TlsTrust } from '@cinder-flasharray/flasharray';
import type { BackendConfig, ProtocolConfig } from './backend-config.ts';
import { type Cidr, parseCidr } from './cidr.ts';
import { type DriverClass, driverClasses, driverClassPaths, findDriverClass } from './driver-class.ts';
import { driverOptions, ignoredBackendOptions } from './driver-options.ts';
import type { Fabric } from './fabric.ts';
import { nvmeTransports } from './nvme-transport.ts';
import { readReplicationConfig } from './read-replication-config.ts';

export type ReadBackend =
  | { readonly kind: 'ok'; readonly config: BackendConfig; readonly warnings: readonly ConfProblem[] }
  | {
      readonly kind: 'invalid';
      readonly problems: readonly ConfProblem[];
      readonly warnings: readonly ConfProblem[];
    };

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
  const driverClass = readDriverClass(reader);
  const address = reader.required('san_ip', "must be set to the array's management address");
  const token = reader.required(
    'pure_api_token',
    'must be set; make one on the array with: pureadmin create --api-token USER',
  );
  const volumeBackendName = reader.text('volume_backend_name') ?? driverClass.name;
  const safemodeEnabled = reader.read('pure_safemode_enabled', parseBoolean, false);
  const eradicates = reader.read('pure_eradicate_on_delete', parseBoolean, false);
  if (safemodeEnabled && eradicates) {
    warn('pure_eradicate_on_delete', 'has no effect with pure_safemode_enabled: nothing is eradicated');
  }
  const config: BackendConfig = {
    section,
    volumeBackendName,
    protocol: readProtocol(driverClass, reader, warn),
    address,
    apiToken: new Secret(token),
    tls: readTls(reader, warn),
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
    filterFunction: reader.text('filter_function'),
    goodnessFunction: reader.text('goodness_function'),
    replication: readReplicationConfig(reader, volumeBackendName, warn),
    ...names,
  };
  return reader.problems.length === 0
    ? { kind: 'ok', config, warnings }
    : { kind: 'invalid', problems: reader.problems, warnings };
}

function readDriverClass(reader: OptionReader): DriverClass {
  const path = reader.required('volume_driver', `must be set to one of ${driverClassPaths.join(', ')}`);
  const found = findDriverClass(path);
  if (found === null && path !== '') {
    reader.refuse(
      'volume_driver',
      `must be one of ${driverClassPaths.join(', ')}: this service drives Pure Storage FlashArray only`,
    );
  }
  return found ?? driverClasses.iscsi;
}

/** Options of the other protocols may stand in the file, as in `[backend_defaults]`, and have no effect. */
function readProtocol(
  { protocol }: DriverClass,
  reader: OptionReader,
  warn: (option: string, rule: string) => void,
): ProtocolConfig {
  switch (protocol) {
    case 'iscsi':
      return {
        kind: 'iscsi',
        chap: reader.read('use_chap_auth', parseBoolean, false),
        cidrs: readCidrs('pure_iscsi_cidr', reader, warn),
      };
    case 'fibre-channel':
      return { kind: 'fibre-channel', fabrics: readFabrics(reader, warn) };
    case 'nvme':
      return {
        kind: 'nvme',
        transport: reader.read('pure_nvme_transport', parseChoice(nvmeTransports), 'roce'),
        cidrs: readCidrs('pure_nvme_cidr', reader, warn),
      };
  }
}

/** With zoning on, Cinder asks the switches which ports see each other; here they are written down. */
function readFabrics(
  reader: OptionReader,
  warn: (option: string, rule: string) => void,
): readonly Fabric[] | null {
  const fabrics = reader.read<readonly Fabric[] | null>('pure_fc_fabrics', parseFabrics, null);
  if (reader.text('zoning_mode')?.toLowerCase() === 'fabric' && fabrics === null) {
    warn(
      'zoning_mode',
      'has no effect: no switch is asked. Write the fabrics down in pure_fc_fabrics, or every host port is given every port of the array',
    );
  }
  return fabrics;
}

function parseFabrics(text: string): Parsed<readonly Fabric[]> {
  const dict = parseDict(text);
  if (dict.kind === 'broken') {
    return dict;
  }
  const fabrics: Fabric[] = [];
  for (const [name, members] of Object.entries(dict.value)) {
    const wwns = members.split(/\s+/).map((wwn) => wwn.replaceAll(':', '').toUpperCase());
    const wrong = wwns.find((wwn) => !/^[0-9A-F]{16}$/.test(wwn));
    if (wrong !== undefined) {
      return { kind: 'broken', rule: `fabric ${name}: "${wrong}" is no WWN of 16 hexadecimal digits` };
    }
    fabrics.push({ name, members: new Set(wwns) });
  }
  return fabrics.length === 0
    ? { kind: 'broken', rule: 'must name at least one fabric: NAME:WWN WWN,NAME:WWN WWN' }
    : { kind: 'value', value: fabrics };
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

function readCidrs(
  single: 'pure_iscsi_cidr' | 'pure_nvme_cidr',
  reader: OptionReader,
  warn: (option: string, rule: string) => void,
): readonly Cidr[] {
  const list = `${single}_list`;
  if (reader.text(list) !== null) {
    if (reader.text(single) !== null) {
      warn(single, `is not used: ${list} is set`);
    }
    return reader.read(list, parseCidrs, []);
  }
  return reader.read(single, parseCidrs, parsedDefault());
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
