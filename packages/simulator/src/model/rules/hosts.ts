import type { ArrayModel } from '../state/array-model.ts';
import type { Chap, Host } from '../state/records.ts';
import { noChap, noQos } from '../state/records.ts';
import { nameKey } from '../state/registry.ts';
import { hostConnections } from './connections-of.ts';
import { checkGeneralName } from './names.ts';
import { leaveAllGroups } from './protection-groups.ts';
import { Refusal } from './refusal.ts';

/** The three kinds of initiators. */
export type InitiatorKind = 'iqns' | 'wwns' | 'nqns';

const words: Readonly<Record<InitiatorKind, string>> = { iqns: 'IQN', wwns: 'WWN', nqns: 'NQN' };

const personalities = new Set([
  'aix',
  'esxi',
  'hitachi-vsp',
  'hpux',
  'oracle-vm-server',
  'solaris',
  'vms',
  'nutanix-mgmt',
  'nutanix-cluster',
]);

export type HostSettings = Partial<
  Pick<Host, 'iqns' | 'wwns' | 'nqns' | 'personality' | 'vlan' | 'qos' | 'nvmeStretch' | 'preferredArrays'>
> & { readonly chap?: Partial<Chap> };

/** @throws Refusal `Host does not exist.` */
export function anyHost(model: ArrayModel, name: string): Host {
  const host = model.hosts.byName(name);
  if (host === undefined) throw new Refusal('Host does not exist.', name);
  return host;
}

export function createHost(model: ArrayModel, name: string, settings: HostSettings): Host {
  checkGeneralName('host', name);
  if (model.hosts.byName(name) !== undefined) throw new Refusal('Host already exists.', name);
  const { hostLimit } = model.settings;
  if (hostLimit !== null && model.hosts.size >= hostLimit) throw new Refusal('Host limit reached.', name);
  const empty: Host = {
    id: model.newId(),
    name,
    iqns: [],
    wwns: [],
    nqns: [],
    personality: null,
    chap: noChap,
    vlan: 'any',
    qos: noQos,
    nvmeStretch: 'disallow',
    preferredArrays: [],
    hostGroupId: null,
  };
  return model.hosts.put(applySettings(model, empty, settings));
}

/** Changes a host; lists replace what was there. */
export function changeHost(model: ArrayModel, name: string, settings: HostSettings): Host {
  return model.hosts.put(applySettings(model, anyHost(model, name), settings));
}

/** Adds or removes initiators of one kind. Removing one that is not there is refused. */
export function changeInitiators(
  model: ArrayModel,
  name: string,
  kind: InitiatorKind,
  change: { readonly add?: readonly string[]; readonly remove?: readonly string[] },
): Host {
  const host = anyHost(model, name);
  const gone = (change.remove ?? []).map((value) => normalInitiator(kind, value));
  for (const value of gone) {
    if (!host[kind].some((held) => nameKey(held) === nameKey(value))) {
      throw new Refusal(`The specified ${words[kind]} is not in use.`, value);
    }
  }
  const kept = host[kind].filter((held) => !gone.some((value) => nameKey(value) === nameKey(held)));
  const added = (change.add ?? [])
    .map((value) => normalInitiator(kind, value))
    .filter((value) => !kept.some((held) => nameKey(held) === nameKey(value)));
  return changeHost(model, name, { [kind]: [...kept, ...added] });
}

export function renameHost(model: ArrayModel, name: string, newName: string): Host {
  const host = anyHost(model, name);
  checkGeneralName('host', newName);
  const other = model.hosts.byName(newName);
  if (other !== undefined && other.id !== host.id) throw new Refusal('Host already exists.', newName);
  return model.hosts.put({ ...host, name: newName });
}

/** Deletes a host at once (hosts are never pending). Refused while it sees any volume. */
export function deleteHost(model: ArrayModel, name: string): Host {
  const host = anyHost(model, name);
  if (hostConnections(model, host).length > 0) {
    throw new Refusal('Host cannot be deleted due to existing connections.', name);
  }
  // It has to be taken out of the group first (driver-behaviour section 12, "host group"); the words are a guess.
  if (host.hostGroupId !== null) throw new Refusal('Host belongs to a host group.', name);
  leaveAllGroups(model, 'host', host.id);
  model.hosts.remove(host.id);
  return host;
}

/** What a WWN looks like on the array: 16 upper hexadecimal digits, no colons. */
export function normalInitiator(kind: InitiatorKind, value: string): string {
  const refusal = new Refusal(`Invalid ${words[kind]}.`, value);
  if (/\s/.test(value) || value.length > 223) throw refusal;
  switch (kind) {
    case 'iqns':
      if (!/^(iqn\.|eui\.|naa\.)./i.test(value)) throw refusal;
      return value;
    case 'nqns':
      if (!/^nqn\../i.test(value)) throw refusal;
      return value;
    case 'wwns': {
      const digits = value.replaceAll(':', '').toUpperCase();
      if (!/^[0-9A-F]{16}$/.test(digits)) throw refusal;
      return digits;
    }
  }
}

function applySettings(model: ArrayModel, host: Host, settings: HostSettings): Host {
  const iqns = initiators(model, host, 'iqns', settings.iqns);
  const wwns = initiators(model, host, 'wwns', settings.wwns);
  const nqns = initiators(model, host, 'nqns', settings.nqns);
  // Purity of the REST 2 age refuses NQNs beside other initiators (purity-rest-2.x.md section 7.4).
  if (nqns.length > 0 && iqns.length + wwns.length > 0 && model.offersRest2(0)) {
    throw new Refusal('Host cannot have NQNs together with IQNs or WWNs.', host.name);
  }
  const { personality } = settings;
  if (personality !== undefined && personality !== null && !personalities.has(personality)) {
    throw new Refusal('Invalid personality.', host.name);
  }
  const { chap, ...rest } = settings;
  return { ...host, ...rest, iqns, wwns, nqns, chap: checkedChap(host, { ...host.chap, ...chap }) };
}

function initiators(
  model: ArrayModel,
  host: Host,
  kind: InitiatorKind,
  wanted: readonly string[] | undefined,
): readonly string[] {
  if (wanted === undefined) return host[kind];
  const seen = new Map<string, string>();
  for (const value of wanted) {
    const normal = normalInitiator(kind, value);
    seen.set(nameKey(normal), normal);
    for (const other of model.hosts.values()) {
      if (other.id !== host.id && other[kind].some((held) => nameKey(held) === nameKey(normal))) {
        throw new Refusal(`The specified ${words[kind]} is already in use.`, value);
      }
    }
  }
  return [...seen.values()];
}

function checkedChap(host: Host, chap: Chap): Chap {
  for (const password of [chap.hostPassword, chap.targetPassword]) {
    if (password !== null && (password.length < 12 || password.length > 255 || /\s/.test(password))) {
      throw new Refusal('Invalid password.', host.name);
    }
  }
  if (chap.hostPassword !== null && chap.hostPassword === chap.targetPassword) {
    throw new Refusal('Invalid password.', host.name);
  }
  return chap;
}
