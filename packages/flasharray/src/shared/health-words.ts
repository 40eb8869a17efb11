import type {
  AdministratorRole,
  AlertSeverity,
  ApiTokenExpiry,
  HardwareComponent,
  HardwareKind,
  HardwareStatus,
} from '../port/health.ts';

const severities: ReadonlyMap<string, AlertSeverity> = new Map([
  ['critical', 'critical'],
  ['warning', 'warning'],
  ['info', 'info'],
  ['hidden', 'hidden'],
]);

/** Types of hardware as real arrays give them (REST 2.x section 7.20). */
const kinds: ReadonlyMap<string, HardwareKind> = new Map([
  ['chassis', 'chassis'],
  ['controller', 'controller'],
  ['storage_shelf', 'shelf'],
  ['power_supply', 'power-supply'],
  ['cooling', 'cooling'],
  ['temp_sensor', 'temperature-sensor'],
  ['drive_bay', 'drive-bay'],
  ['nvram_bay', 'nvram-bay'],
  ['eth_port', 'ethernet-port'],
  ['fc_port', 'fibre-channel-port'],
  ['ib_port', 'infiniband-port'],
  ['sas_port', 'sas-port'],
  ['sas_module', 'sas-module'],
  ['direct_compress_accelerator', 'accelerator'],
]);

/**
 * The short words for the same: types in the OpenAPI documents up to REST 2.26, and the beginning of a component's
 * name in all versions, `FAN` in `CT0.FAN1`.
 */
const shortKinds: ReadonlyMap<string, HardwareKind> = new Map([
  ['ch', 'chassis'],
  ['ct', 'controller'],
  ['sh', 'shelf'],
  ['pwr', 'power-supply'],
  ['fan', 'cooling'],
  ['tmp', 'temperature-sensor'],
  ['bay', 'drive-bay'],
  ['nvb', 'nvram-bay'],
  ['eth', 'ethernet-port'],
  ['fc', 'fibre-channel-port'],
  ['ib', 'infiniband-port'],
  ['sas', 'sas-port'],
  ['iom', 'sas-module'],
]);

/** Status words of hardware and of drives: those of real arrays and those of the documents (REST 2.x section 7.20). */
const statuses: ReadonlyMap<string, HardwareStatus> = new Map([
  ['ok', 'ok'],
  ['healthy', 'ok'],
  ['critical', 'critical'],
  ['failed', 'critical'],
  ['missing', 'critical'],
  ['degraded', 'degraded'],
  ['unhealthy', 'degraded'],
  ['recovering', 'degraded'],
  ['unadmitted', 'degraded'],
  ['unrecognized', 'degraded'],
  ['updating', 'degraded'],
  ['identifying', 'identifying'],
  ['not_installed', 'not-installed'],
  ['unused', 'not-installed'],
  ['empty', 'not-installed'],
]);

/** Roles; `admin` is what there was before the others (REST 1.x section 2.11). */
const roles: ReadonlyMap<string, AdministratorRole> = new Map([
  ['array_admin', 'array-admin'],
  ['admin', 'array-admin'],
  ['storage_admin', 'storage-admin'],
  ['ops_admin', 'ops-admin'],
  ['readonly', 'read-only'],
]);

export function alertSeverity(word: string): AlertSeverity {
  return severities.get(word) ?? 'unknown';
}

/** From the type where the array gives one, else from the name. */
export function hardwareKind(type: string | null, name: string): HardwareKind {
  const [, start = ''] = /(?:^|\.)([a-z]+)\d*$/i.exec(name) ?? [];
  const word = (type ?? start).toLowerCase();
  return kinds.get(word) ?? shortKinds.get(word) ?? 'other';
}

export function hardwareStatus(word: string): HardwareStatus {
  return statuses.get(word) ?? 'unknown';
}

/** The role, and whether it manages storage; both null for no word, or one of a newer array. */
export function administratorRole(word: string | null): {
  readonly role: AdministratorRole | null;
  readonly mayWrite: boolean | null;
} {
  const role = roles.get(word ?? '') ?? null;
  return { role, mayWrite: role === null ? null : role === 'array-admin' || role === 'storage-admin' };
}

/** A token that the array shows without an end has none; a token that it does not show may have one. */
export function apiTokenExpiry(
  token: { readonly created: number | null; readonly expires: number | null } | null,
): ApiTokenExpiry {
  if (token === null || (token.created === null && token.expires === null)) {
    return { kind: 'not-told' };
  }
  return token.expires === null ? { kind: 'never' } : { kind: 'at', time: token.expires };
}

/** By name, numbers in it as numbers, so that `BAY10` follows `BAY9`; a bay before the drive in it. */
export function byName(one: HardwareComponent, other: HardwareComponent): number {
  return one.name.localeCompare(other.name, 'en', { numeric: true });
}
