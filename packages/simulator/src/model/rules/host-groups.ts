import type { ArrayModel } from '../state/array-model.ts';
import type { Host, HostGroup, Qos } from '../state/records.ts';
import { noQos } from '../state/records.ts';
import { compareNames } from '../state/registry.ts';
import { connectionsOfHostGroup, hostConnections } from './connections-of.ts';
import { anyHost } from './hosts.ts';
import { checkGeneralName } from './names.ts';
import { leaveAllGroups } from './protection-groups.ts';
import { Refusal } from './refusal.ts';

/** @throws Refusal `Host group does not exist.` */
export function anyHostGroup(model: ArrayModel, name: string): HostGroup {
  const group = model.hostGroups.byName(name);
  if (group === undefined) throw new Refusal('Host group does not exist.', name);
  return group;
}

/** Member hosts, by name. */
export function membersOf(model: ArrayModel, groupId: string): readonly Host[] {
  return [...model.hostsByGroup.get(groupId)].sort((a, b) => compareNames(a.name, b.name));
}

export function createHostGroup(
  model: ArrayModel,
  name: string,
  options: { readonly hosts?: readonly string[]; readonly qos?: Qos } = {},
): HostGroup {
  checkGeneralName('host group', name);
  if (model.hostGroups.byName(name) !== undefined) throw new Refusal('Host group already exists.', name);
  const hosts = (options.hosts ?? []).map((host) => anyHost(model, host));
  for (const host of hosts) {
    if (host.hostGroupId !== null) throw new Refusal('Host already belongs to a host group.', host.name);
  }
  const group = model.hostGroups.put({ id: model.newId(), name, qos: options.qos ?? noQos });
  for (const host of hosts) model.hosts.put({ ...host, hostGroupId: group.id });
  return group;
}

export function renameHostGroup(model: ArrayModel, name: string, newName: string): HostGroup {
  const group = anyHostGroup(model, name);
  checkGeneralName('host group', newName);
  const other = model.hostGroups.byName(newName);
  if (other !== undefined && other.id !== group.id) {
    throw new Refusal('Host group already exists.', newName);
  }
  return model.hostGroups.put({ ...group, name: newName });
}

/** Puts a host into a group: from then on it sees the group's volumes. */
export function addMember(model: ArrayModel, groupName: string, hostName: string): void {
  const group = anyHostGroup(model, groupName);
  const host = anyHost(model, hostName);
  if (host.hostGroupId === group.id) return;
  if (host.hostGroupId !== null) throw new Refusal('Host already belongs to a host group.', hostName);
  const own = hostConnections(model, host);
  for (const shared of connectionsOfHostGroup(model, group.id)) {
    for (const connection of own) {
      if (connection.volumeId === shared.volumeId) {
        throw new Refusal('Connection already exists.', hostName);
      }
      if (connection.number === shared.number) throw new Refusal('LUN already in use.', hostName);
    }
  }
  model.hosts.put({ ...host, hostGroupId: group.id });
}

/** Takes a host out of a group: it no longer sees the group's volumes. */
export function removeMember(model: ArrayModel, groupName: string, hostName: string): void {
  const group = anyHostGroup(model, groupName);
  const host = anyHost(model, hostName);
  if (host.hostGroupId !== group.id) {
    throw new Refusal('Host could not be found in the host group.', hostName);
  }
  model.hosts.put({ ...host, hostGroupId: null });
}

/** Makes exactly these hosts the members. */
export function setMembers(model: ArrayModel, groupName: string, hostNames: readonly string[]): void {
  const group = anyHostGroup(model, groupName);
  const wanted = new Set(hostNames.map((name) => anyHost(model, name).id));
  for (const host of membersOf(model, group.id)) {
    if (!wanted.has(host.id)) removeMember(model, groupName, host.name);
  }
  for (const name of hostNames) addMember(model, groupName, name);
}

/** Deletes an empty group. */
export function deleteHostGroup(model: ArrayModel, name: string): HostGroup {
  const group = anyHostGroup(model, name);
  if (connectionsOfHostGroup(model, group.id).length > 0) {
    throw new Refusal('Host group cannot be deleted due to existing connections.', name);
  }
  if (membersOf(model, group.id).length > 0) {
    throw new Refusal('Host group cannot be deleted due to existing hosts.', name);
  }
  leaveAllGroups(model, 'hostGroup', group.id);
  model.hostGroups.remove(group.id);
  return group;
}
