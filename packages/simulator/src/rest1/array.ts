import type { JsonObject } from '../http/messages.ts';
import { connectionKey } from '../model/fleet/array-connections.ts';
import { anyAdmin, createApiToken, currentToken, deleteApiToken } from '../model/rules/admins.ts';
import { controllers, interfaceName, interfaceSpeed, macAddress, ports } from '../model/rules/interfaces.ts';
import { Refusal } from '../model/rules/refusal.ts';
import { arraySpace, reduction, totalReduction } from '../model/rules/space.ts';
import type { ArrayModel } from '../model/state/array-model.ts';
import type { Admin } from '../model/state/records.ts';
import { list, NoSuchCall, type Rest1Answer, type Rest1Call, time, value } from './call.ts';
import { monitorRows } from './monitor.ts';

/** `array` (purity-rest-1.x.md section 2.1). */
export function answerArray(call: Rest1Call): Rest1Answer {
  const { model, method, minor, parameters } = call;
  if (method !== 'GET') throw new NoSuchCall(405);
  const { settings } = model;
  if (parameters.flag('controllers')) {
    return value(
      controllers(model).map(({ name, mode, status }) => ({
        mode,
        model: 'FA-m20',
        name,
        status,
        version: settings.purityVersion,
        ...(minor >= 17 ? { type: 'array_controller' } : {}),
      })),
    );
  }
  if (parameters.flag('space')) {
    const row = spaceRow(call);
    return value(minor >= 6 ? [row] : row);
  }
  if (parameters.text('action') === 'monitor') return value(monitorRows(call));
  const setting = Object.entries(settingRows(call)).find(([key]) => parameters.flag(key));
  if (setting !== undefined) return value(Object.fromEntries([setting]));
  if (parameters.flag('connection_key')) return value({ connection_key: connectionKey(model) });
  return value({
    array_name: settings.name,
    id: model.identity.id,
    revision: `${settings.purityVersion}+simulated`,
    version: settings.purityVersion,
  });
}

/** Settings asked for by name, `{banner: true}`. Nothing is sent home, and there are no other servers. */
function settingRows({ model }: Rest1Call): JsonObject {
  return {
    banner: model.settings.banner,
    idle_timeout: model.settings.idleTimeout / 1000,
    ntpserver: [],
    phonehome: 'disabled',
    proxy: '',
    relayhost: '',
    scsi_timeout: 60,
    senderdomain: '',
    syslogserver: [],
  };
}

function spaceRow({ model }: Rest1Call): JsonObject {
  const space = arraySpace(model);
  const { name, capacity } = model.settings;
  return {
    hostname: name,
    capacity,
    total: space.used,
    volumes: space.unique,
    snapshots: space.snapshots,
    shared_space: space.shared,
    system: 0,
    data_reduction: reduction(space.written, space.used),
    total_reduction: totalReduction(space.provisioned, space.used),
    thin_provisioning: space.provisioned === 0 ? 0 : 1 - space.written / space.provisioned,
    parity: 1,
  };
}

/** `port` (section 2.8). */
export function answerPorts({ model, method, minor, parameters }: Rest1Call): Rest1Answer {
  if (method !== 'GET') throw new NoSuchCall(405);
  if (parameters.flag('initiators')) return list(initiatorRows(model, minor));
  return list(
    ports(model)
      .filter(({ iqn, wwn }) => minor >= 16 || iqn !== null || wwn !== null)
      .map(({ name, iqn, wwn, nqn, portal }) => ({
        name,
        iqn,
        wwn,
        ...(minor >= 16 ? { nqn } : {}),
        portal,
        failover: null,
      })),
  );
}

/** Initiators that the array knows from its hosts; none has logged in to a port. */
function initiatorRows(model: ArrayModel, minor: number): readonly JsonObject[] {
  const row = (known: {
    readonly iqn?: string;
    readonly wwn?: string;
    readonly nqn?: string;
  }): JsonObject => ({
    iqn: known.iqn ?? null,
    wwn: known.wwn ?? null,
    portal: null,
    failover: null,
    target: null,
    target_iqn: null,
    target_wwn: null,
    target_portal: null,
    ...(minor >= 16 ? { nqn: known.nqn ?? null, target_nqn: null } : {}),
  });
  return model.hosts
    .sorted()
    .flatMap(({ iqns, wwns, nqns }) => [
      ...iqns.map((iqn) => row({ iqn })),
      ...wwns.map((wwn) => row({ wwn })),
      ...(minor >= 16 ? nqns.map((nqn) => row({ nqn })) : []),
    ]);
}

/** `network[/IF]` (section 2.8). */
export function answerNetwork({ model, method, minor }: Rest1Call, rest: string): Rest1Answer {
  if (method !== 'GET') throw new NoSuchCall(405);
  const rows = model.settings.interfaces.map((device) => ({
    name: interfaceName(device),
    address: device.address,
    netmask: device.address === null || device.address.includes(':') ? null : '255.255.255.0',
    gateway: null,
    mtu: 1500,
    enabled: device.enabled ?? true,
    services: device.services,
    slaves: [],
    speed: interfaceSpeed(device),
    ...(minor >= 5 ? { subnet: null } : {}),
    hwaddr: macAddress(model, device),
  }));
  if (rest === '') return list(rows);
  const row = rows.find(({ name }) => name.toLowerCase() === rest.toLowerCase());
  if (row === undefined) throw new Refusal('Network interface does not exist.', rest);
  return value(row);
}

/** `admin`, `admin/U`, `admin/U/apitoken` (section 2.11). */
export function answerAdmins(call: Rest1Call, rest: string): Rest1Answer {
  const { model, method, minor, parameters } = call;
  const row = (admin: Admin): JsonObject => {
    // What these two show is unverified (section 2.11); the words are those of REST 2.
    if (parameters.flag('lockout') && minor >= 16) {
      return { name: admin.name, locked: false, lockout_remaining: null };
    }
    if (parameters.flag('publickey')) return { name: admin.name, publickey: null };
    return { name: admin.name, role: roleOf(admin), type: 'local' };
  };
  const roleOf = (admin: Admin): string =>
    minor >= 14 ? admin.role : admin.role === 'readonly' ? 'readonly' : 'admin';
  const tokenRow = (admin: Admin, clear: boolean): JsonObject => {
    const token = currentToken(model, admin);
    return {
      name: admin.name,
      api_token: token === null ? null : clear ? token.token : '****',
      created: token === null ? null : time(call, token.created),
      expires: token?.expires === null || token === null ? null : time(call, token.expires),
    };
  };
  const exposes = (admin: Admin): boolean => parameters.flag('expose') && admin.name === call.user;
  if (rest === '') {
    if (method !== 'GET') throw new NoSuchCall(405);
    const admins = model.admins.sorted();
    return list(
      parameters.flag('api_token') ? admins.map((admin) => tokenRow(admin, exposes(admin))) : admins.map(row),
    );
  }
  const [, name = '', token] = /^([^/]+)(?:\/(apitoken))?$/.exec(rest) ?? [];
  const admin = anyAdmin(model, name);
  if (token === undefined) {
    if (method !== 'GET') throw new NoSuchCall(405);
    return value(row(admin));
  }
  switch (method) {
    case 'GET':
      return value(tokenRow(admin, exposes(admin)));
    case 'POST': {
      const seconds = parameters.number('timeout');
      createApiToken(model, name, seconds === undefined ? null : seconds * 1000);
      return value(tokenRow(anyAdmin(model, name), true));
    }
    case 'DELETE':
      return value({ name: deleteApiToken(model, name).name, api_token: null });
    default:
      throw new NoSuchCall(405);
  }
}
