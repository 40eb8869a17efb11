import { readFile } from 'node:fs/promises';
import { BlockList, isIP } from 'node:net';
import { homedir, hostname } from 'node:os';
import { isAbsolute, join } from 'node:path';
import {
  ConfFile,
  type ConfProblem,
  formatProblem,
  OptionReader,
  type Parsed,
  parseBoolean,
  parseConf,
  parseInteger,
  parseList,
} from '@cinder-flasharray/common';
import { type BackendConfig, readBackendConfig } from '@cinder-flasharray/driver';
import type { ServiceConfig } from './service-config.ts';

export type ReadService =
  | { readonly kind: 'ok'; readonly config: ServiceConfig; readonly warnings: readonly string[] }
  | { readonly kind: 'invalid'; readonly problems: readonly string[]; readonly warnings: readonly string[] };

/** Days: a hundred years, as good as for ever. */
const longestAge = 36_500;
const positive = parseInteger({ min: 1, max: 86_400 });

/** Reads the files in order, later ones win. Every problem of all of them is collected; nothing is thrown. */
export async function readServiceConfig(files: readonly string[]): Promise<ReadService> {
  let conf = new ConfFile([]);
  const problems: ConfProblem[] = [];
  for (const file of files) {
    try {
      const parsed = parseConf(await readFile(file, 'utf8'), file);
      conf = conf.followedBy(parsed.conf);
      problems.push(...parsed.problems);
    } catch (error) {
      const rule = `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
      problems.push({ file, line: null, section: null, option: null, rule });
    }
  }
  return interpret(conf, problems);
}

function interpret(conf: ConfFile, fileProblems: readonly ConfProblem[]): ReadService {
  const general = new OptionReader(conf, ['DEFAULT']);
  const database = new OptionReader(conf, ['database']);
  const warnings: ConfProblem[] = [];
  const host = general.text('host') ?? hostname();
  const names = {
    volumeNameTemplate: template(general, 'volume_name_template', 'volume-%s'),
    snapshotNameTemplate: template(general, 'snapshot_name_template', 'snapshot-%s'),
  };
  const { backends, problems: backendProblems } = readBackends(conf, general, host, names, warnings);
  const listen = {
    address: readListen(conf, general),
    port: general.read('osapi_volume_listen_port', parseInteger({ min: 0, max: 65_535 }), 8776),
  };
  const config: ServiceConfig = {
    host,
    backends,
    defaultVolumeType: general.text('default_volume_type'),
    defaultGroupType: general.text('default_group_type'),
    listen,
    publicEndpoint: general.text('public_endpoint'),
    maxLimit: general.read('osapi_max_limit', parseInteger({ min: 1, max: 100_000 }), 1000),
    storageAvailabilityZone: general.text('storage_availability_zone') ?? 'nova',
    defaultAvailabilityZone: general.text('default_availability_zone'),
    databasePath: readDatabasePath(database, general),
    projectIdRegex: general.read('project_id_regex', parseRegex, '[0-9a-f\\-]+'),
    debug: general.read('debug', parseBoolean, false),
    purgeDeletedAfterDays: general.read(
      'purge_deleted_after_days',
      parseInteger({ min: 0, max: longestAge }),
      30,
    ),
    reportInterval: general.read('report_interval', positive, 10),
    serviceDownTime: general.read('service_down_time', positive, 60),
    statsInterval: general.read('backend_stats_polling_interval', positive, 60),
  };
  checkAuthStrategy(conf, general);
  const problems = [...fileProblems, ...general.problems, ...database.problems, ...backendProblems];
  const shown = warnings.map(formatProblem);
  return problems.length === 0
    ? { kind: 'ok', config, warnings: shown }
    : { kind: 'invalid', problems: problems.map(formatProblem), warnings: shown };
}

function readBackends(
  conf: ConfFile,
  general: OptionReader,
  host: string,
  names: { readonly volumeNameTemplate: string; readonly snapshotNameTemplate: string },
  warnings: ConfProblem[],
): { readonly backends: ServiceConfig['backends']; readonly problems: readonly ConfProblem[] } {
  const problems: ConfProblem[] = [];
  const backends: { readonly host: string; readonly config: BackendConfig }[] = [];
  for (const section of backendSections(conf, general, warnings)) {
    const read = readBackendConfig(conf, section, names);
    warnings.push(...read.warnings.filter(({ section: own }) => own !== 'DEFAULT'));
    if (read.kind === 'invalid') {
      problems.push(...read.problems);
    } else {
      const own = new OptionReader(conf, [section, 'backend_defaults']).text('backend_host') ?? host;
      backends.push({ host: `${own}@${section}`, config: read.config });
    }
  }
  return { backends, problems };
}

/** `enabled_backends`; or, as Cinder before Ocata had it, a single back end in `[DEFAULT]`. */
function backendSections(conf: ConfFile, general: OptionReader, warnings: ConfProblem[]): readonly string[] {
  const sections = general.read('enabled_backends', parseList, []);
  if (sections.length === 0) {
    const driver = conf.last('DEFAULT', 'volume_driver');
    if (driver === null) {
      general.refuse('enabled_backends', 'must name at least one section that holds a back end');
      return [];
    }
    warnings.push({
      file: driver.file,
      line: driver.line,
      section: 'DEFAULT',
      option: 'volume_driver',
      rule: 'a back end in [DEFAULT] is the old form: give it a section and name that in enabled_backends',
    });
    return ['DEFAULT'];
  }
  const missing = sections.filter((section) => !conf.hasSection(section));
  for (const section of missing) {
    general.refuse('enabled_backends', `names ${section}, but there is no section [${section}]`);
  }
  if (new Set(sections).size < sections.length) {
    general.refuse('enabled_backends', 'must name each section once');
  }
  return [...new Set(sections)].filter((section) => !missing.includes(section));
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

function isLoopback(address: string): boolean {
  const family = isIP(address);
  return address === 'localhost' || (family !== 0 && loopback.check(address, family === 4 ? 'ipv4' : 'ipv6'));
}

/** Without authentication the service listens on loopback only: everybody who reaches it is an administrator. */
function readListen(conf: ConfFile, general: OptionReader): string {
  const address = general.text('osapi_volume_listen') ?? '127.0.0.1';
  if (!isLoopback(address) && !wantsKeystone(conf, general)) {
    general.refuse(
      'osapi_volume_listen',
      `${address} is not on loopback, and without authentication everybody who reaches it is an administrator: listen on 127.0.0.1`,
    );
  }
  return address;
}

function wantsKeystone(conf: ConfFile, general: OptionReader): boolean {
  const strategy = general.text('auth_strategy');
  return strategy === 'keystone' || (strategy === null && conf.hasSection('keystone_authtoken'));
}

/** A file made for Keystone must not end in a service that is open. */
function checkAuthStrategy(conf: ConfFile, general: OptionReader): void {
  const strategy = general.text('auth_strategy');
  if (wantsKeystone(conf, general)) {
    general.refuse(
      'auth_strategy',
      strategy === null
        ? 'there is a [keystone_authtoken] section, but keystone is not there yet: set auth_strategy = noauth to run without authentication on loopback'
        : 'keystone is not there yet: noauth, on loopback, is',
    );
  } else if (strategy !== null && strategy !== 'noauth' && strategy !== 'noauth_include_project_id') {
    general.refuse('auth_strategy', 'must be noauth (keystone is not there yet)');
  }
}

function defaultStatePath(): string {
  return process.env.XDG_STATE_HOME !== undefined && isAbsolute(process.env.XDG_STATE_HOME)
    ? join(process.env.XDG_STATE_HOME, 'cinder-flasharray')
    : join(homedir(), '.local', 'state', 'cinder-flasharray');
}

function readDatabasePath(database: OptionReader, general: OptionReader): string {
  const statePath = general.text('state_path') ?? defaultStatePath();
  const connection = database.text('connection');
  if (connection === null) {
    return join(statePath, 'cinder.sqlite');
  }
  const [, path] = /^sqlite:\/\/\/(.+)$/.exec(connection) ?? [];
  if (path === undefined) {
    const scheme = /^([a-z0-9]+)/i.exec(connection)?.[1] ?? 'nothing';
    database.refuse(
      'connection',
      `must be sqlite:///FILE for the standalone service; ${scheme} databases belong to the cluster service, which is not there yet`,
    );
    return join(statePath, 'cinder.sqlite');
  }
  return isAbsolute(path) ? path : join(statePath, path);
}

function template(general: OptionReader, option: string, otherwise: string): string {
  return general.read(
    option,
    (text): Parsed<string> =>
      text.split('%s').length === 2
        ? { kind: 'value', value: text }
        : { kind: 'broken', rule: 'must contain %s once' },
    otherwise,
  );
}

function parseRegex(text: string): Parsed<string> {
  try {
    return { kind: 'value', value: new RegExp(text).source };
  } catch {
    return { kind: 'broken', rule: 'must be a regular expression' };
  }
}
