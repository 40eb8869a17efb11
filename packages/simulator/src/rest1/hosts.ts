import type { JsonObject } from '../http/messages.ts';
import { connectionsOfHostGroup, hostConnections } from '../model/rules/connections-of.ts';
import {
  addMember,
  anyHostGroup,
  createHostGroup,
  deleteHostGroup,
  membersOf,
  removeMember,
  renameHostGroup,
  setMembers,
} from '../model/rules/host-groups.ts';
import {
  anyHost,
  changeHost,
  changeInitiators,
  createHost,
  deleteHost,
  type HostSettings,
  type InitiatorKind,
  renameHost,
} from '../model/rules/hosts.ts';
import { Refusal } from '../model/rules/refusal.ts';
import { type ObjectSpace, objectSpace, sumSpace } from '../model/rules/space.ts';
import type { ArrayModel } from '../model/state/array-model.ts';
import type { Connection, Host, HostGroup } from '../model/state/records.ts';
import { list, NoSuchCall, type Rest1Answer, type Rest1Call, value } from './call.ts';
import { answerMembership } from './protection-group-members.ts';
import { spaceRow } from './space-row.ts';
import { answerConnection, hostVolumes } from './volumes.ts';

const initiators = [
  ['iqns', 'iqn', 0],
  ['wwns', 'wwn', 0],
  ['nqns', 'nqn', 16],
] as const satisfies readonly (readonly [InitiatorKind, string, number])[];

/** `host`, `host/H`, `host/H/volume[/V]`, `host/H/pgroup/PG` (purity-rest-1.x.md section 2.5). */
export function answerHosts(call: Rest1Call, rest: string): Rest1Answer {
  const { model, method } = call;
  if (rest === '') {
    if (method !== 'GET') throw new NoSuchCall(405);
    return list(model.hosts.sorted().flatMap((host) => hostRows(call, host)));
  }
  const membership = membershipPath(rest);
  if (membership !== null) return answerMembership(call, 'host', ...membership);
  const [, name = '', volumes, volume] = /^([^/]+)(?:\/(volume)(?:\/(.+))?)?$/s.exec(rest) ?? [];
  if (volume !== undefined) return answerConnection(call, { kind: 'host', name }, volume);
  if (volumes !== undefined) {
    if (method !== 'GET') throw new NoSuchCall(405);
    return list(hostVolumes(call, name));
  }
  switch (method) {
    case 'GET': {
      const rows = hostRows(call, anyHost(model, name));
      const [only] = rows;
      return call.parameters.flag('all') || call.parameters.flag('connect') || only === undefined
        ? list(rows)
        : value(only);
    }
    case 'POST': {
      const { hgroup: _hgroup, ...row } = hostRow(call, createHost(model, name, settingsOf(call)));
      return value(row);
    }
    case 'PUT':
      return value(change(call, name));
    case 'DELETE':
      return value({ name: deleteHost(model, name).name });
    default:
      throw new NoSuchCall(405);
  }
}

/** The member and the protection group of `H/pgroup/PG`; null: another path. */
function membershipPath(rest: string): readonly [name: string, group: string] | null {
  const [, name, group] = /^([^/]+)\/pgroup\/(.+)$/s.exec(rest) ?? [];
  return name === undefined || group === undefined ? null : [name, group];
}

/** Replacing lists, personality; CHAP texts, of which `""` clears. */
function settingsOf({ parameters, minor }: Rest1Call): HostSettings {
  const lists = Object.fromEntries(
    initiators.flatMap(([kind, word, since]) => {
      const given = minor >= since ? parameters.list(`${word}list`) : undefined;
      return given === undefined ? [] : [[kind, given]];
    }),
  );
  const personality = minor >= 14 ? parameters.text('personality') : undefined;
  const chap = Object.fromEntries(
    (
      [
        ['hostUser', 'host_user'],
        ['hostPassword', 'host_password'],
        ['targetUser', 'target_user'],
        ['targetPassword', 'target_password'],
      ] as const
    ).flatMap(([key, parameter]) => {
      const text = parameters.text(parameter);
      return text === undefined ? [] : [[key, text === '' ? null : text]];
    }),
  );
  return {
    ...lists,
    ...(personality === undefined ? {} : { personality: personality === '' ? null : personality }),
    ...(Object.keys(chap).length === 0 ? {} : { chap }),
  };
}

function change(call: Rest1Call, name: string): JsonObject {
  const { model, minor, parameters } = call;
  const newName = parameters.text('name');
  if (newName !== undefined) return { name: renameHost(model, name, newName).name };
  for (const [kind, word, since] of initiators) {
    const add = parameters.list(`add${word}list`);
    const remove = parameters.list(`rem${word}list`);
    if (minor >= since && (add !== undefined || remove !== undefined)) {
      changeInitiators(model, name, kind, {
        ...(add === undefined ? {} : { add }),
        ...(remove === undefined ? {} : { remove }),
      });
    }
  }
  const host = changeHost(model, name, settingsOf(call));
  if (parameters.has('host_user') || parameters.has('host_password')) return chapRow(host);
  if (parameters.has('personality')) return { name: host.name, personality: host.personality };
  return hostRow(call, host);
}

function hostRow({ model, minor }: Rest1Call, host: Host): JsonObject {
  return {
    hgroup: host.hostGroupId === null ? null : (model.hostGroups.byId(host.hostGroupId)?.name ?? null),
    iqn: host.iqns,
    name: host.name,
    wwn: host.wwns,
    ...(minor >= 16 ? { nqn: host.nqns } : {}),
  };
}

function chapRow({ name, chap }: Host): JsonObject {
  const masked = (text: string | null): string | null => (text === null ? null : '****');
  return {
    name,
    host_user: chap.hostUser,
    host_password: masked(chap.hostPassword),
    target_user: chap.targetUser,
    target_password: masked(chap.targetPassword),
  };
}

/** One row, or with `all` and `connect` one for each connection. */
function hostRows(call: Rest1Call, host: Host): readonly JsonObject[] {
  const { model, minor, parameters } = call;
  if (parameters.flag('chap')) return [chapRow(host)];
  if (parameters.flag('space')) return [spaceRow(host.name, spaceOf(model, hostConnections(model, host)))];
  if (parameters.flag('personality') && minor >= 14)
    return [{ name: host.name, personality: host.personality }];
  if (parameters.flag('all') || parameters.flag('connect')) {
    return hostConnections(model, host).flatMap((connection) => {
      const volume = model.volumes.byId(connection.volumeId);
      const group = connection.hostGroupId === null ? null : model.hostGroups.byId(connection.hostGroupId);
      const row = {
        name: host.name,
        vol: volume?.name ?? null,
        lun: connection.number,
        hgroup: group?.name ?? null,
      };
      return [parameters.flag('all') ? { ...row, host_wwn: host.wwns[0] ?? null, target_port: [] } : row];
    });
  }
  return [hostRow(call, host)];
}

/** `hgroup`, `hgroup/G`, `hgroup/G/volume[/V]`, `hgroup/G/pgroup/PG` (purity-rest-1.x.md section 2.6). */
export function answerHostGroups(call: Rest1Call, rest: string): Rest1Answer {
  const { model, method, parameters } = call;
  const row = (group: HostGroup): JsonObject =>
    parameters.flag('space') && method === 'GET'
      ? spaceRow(group.name, spaceOf(model, connectionsOfHostGroup(model, group.id)))
      : { name: group.name, hosts: membersOf(model, group.id).map((host) => host.name) };
  if (rest === '') {
    if (method !== 'GET') throw new NoSuchCall(405);
    return list(model.hostGroups.sorted().map(row));
  }
  const membership = membershipPath(rest);
  if (membership !== null) return answerMembership(call, 'hostGroup', ...membership);
  const [, name = '', volumes, volume] = /^([^/]+)(?:\/(volume)(?:\/(.+))?)?$/s.exec(rest) ?? [];
  if (volume !== undefined) return answerConnection(call, { kind: 'hostGroup', name }, volume);
  if (volumes !== undefined) {
    const group = anyHostGroup(model, name);
    return list(
      connectionsOfHostGroup(model, group.id).map(({ volumeId, number }) => ({
        name: group.name,
        vol: model.volumes.byId(volumeId)?.name ?? null,
        lun: number,
      })),
    );
  }
  switch (method) {
    case 'GET':
      return value(row(anyHostGroup(model, name)));
    case 'POST': {
      const hosts = parameters.list('hostlist');
      return value(row(createHostGroup(model, name, hosts === undefined ? {} : { hosts })));
    }
    case 'PUT': {
      const newName = parameters.text('name');
      if (newName !== undefined) return value(row(renameHostGroup(model, name, newName)));
      const hosts = parameters.list('hostlist');
      if (hosts !== undefined) setMembers(model, name, hosts);
      for (const host of parameters.list('addhostlist') ?? []) addMember(model, name, host);
      for (const host of parameters.list('remhostlist') ?? []) removeMember(model, name, host);
      return value(row(anyHostGroup(model, name)));
    }
    case 'DELETE':
      return value({ name: deleteHostGroup(model, name).name });
    default:
      throw new Refusal('Invalid parameter.', name);
  }
}

/** Space of the connected volumes together. */
function spaceOf(model: ArrayModel, connections: readonly Connection[]): ObjectSpace {
  const ids = [...new Set(connections.map(({ volumeId }) => volumeId))];
  return sumSpace(
    ids.flatMap((id) => model.volumes.byId(id) ?? []).map((volume) => objectSpace(model, volume)),
  );
}
