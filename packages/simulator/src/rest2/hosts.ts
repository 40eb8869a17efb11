import type { JsonObject } from '../http/messages.ts';
import { hostConnections } from '../model/rules/connections-of.ts';
import { addMember, removeMember } from '../model/rules/host-groups.ts';
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
import { forEachName, Refusal } from '../model/rules/refusal.ts';
import { objectSpace, sumSpace } from '../model/rules/space.ts';
import type { Host } from '../model/state/records.ts';
import type { BodyReader } from './body-reader.ts';
import { nameOnly, qosRow, readQos, readQosChange, spaceRow } from './common-rows.ts';
import {
  type EndpointDefinition,
  fleetRead,
  fleetWrite,
  items,
  listQuery,
  qosShape,
  type Rest2Call,
  since,
} from './endpoint.ts';
import { invalidCombination, invalidParameter, noAttribute } from './errors.ts';
import { listReply } from './list.ts';
import { namesToCreate, selectForList, selectForWrite } from './select.ts';

const chapShape = {
  since: 0,
  fields: { host_password: 0, host_user: 0, target_password: 0, target_user: 0 },
} as const;
const common = {
  chap: chapShape,
  iqns: 0,
  nqns: 0,
  nvme_stretch: 52,
  personality: 0,
  preferred_arrays: { since: 0, fields: { id: 0, name: 0 } },
  qos: qosShape(50),
  vlan: 16,
  wwns: 0,
} as const;

/** `/hosts` (purity-rest-2.x.md section 7.4). */
export const hostsEndpoint: EndpointDefinition = {
  path: 'hosts',
  since: 0,
  methods: {
    GET: {
      query: { ...listQuery, ...fleetRead, continuation_token: 1, destroyed: 36, names: 0 },
      handle: (call) =>
        listReply(call, {
          records: selectForList(call, call.model.hosts, notFound),
          key: (host) => host.name,
          row: (host) => hostRow(call, host),
        }),
    },
    POST: {
      query: { ...fleetWrite, names: 0 },
      body: { ...common, tags: { since: 39, fields: { key: 0, namespace: 0, value: 0 } } },
      handle: (call) => {
        const made = forEachName(namesToCreate(call), (name) =>
          createHost(call.model, name, readSettings(call.body, name, 'create')),
        );
        return items(made.map((host) => hostRow(call, host)));
      },
    },
    PATCH: {
      query: {
        ...fleetWrite,
        names: 0,
        from_member_ids: 40,
        from_member_names: 40,
        modify_resource_access: 40,
        to_member_ids: 40,
        to_member_names: 40,
      },
      body: {
        ...common,
        name: 0,
        add_iqns: 0,
        add_nqns: 0,
        add_wwns: 0,
        remove_iqns: 0,
        remove_nqns: 0,
        remove_wwns: 0,
        host_group: { since: 0, fields: { name: 0 } },
      },
      handle: (call) => {
        const names = selectForWrite(call, call.model.hosts, notFound);
        if (call.body.isEmpty) throw noAttribute();
        if (call.body.has('name') && names.length > 1) throw invalidCombination();
        const changed = forEachName(names, (name) => patchHost(call, name));
        return items(changed.map((host) => hostRow(call, host)));
      },
    },
    DELETE: {
      query: { ...fleetWrite, names: 0 },
      handle: (call) => {
        forEachName(selectForWrite(call, call.model.hosts, notFound), (name) => deleteHost(call.model, name));
        return null;
      },
    },
  },
};

function patchHost(call: Rest2Call, name: string): Host {
  const { model, body } = call;
  const { id } = anyHost(model, name);
  changeHost(model, name, readSettings(body, name, 'change'));
  for (const kind of ['iqns', 'wwns', 'nqns'] as const satisfies readonly InitiatorKind[]) {
    const add = body.texts(`add_${kind}`);
    const remove = body.texts(`remove_${kind}`);
    if (add !== undefined || remove !== undefined) {
      changeInitiators(model, name, kind, { add: add ?? [], remove: remove ?? [] });
    }
  }
  const group = body.object('host_group')?.text('name');
  if (group !== undefined) {
    const current = model.hostGroups.byId(anyHost(model, name).hostGroupId ?? '');
    if (group === '') {
      if (current !== undefined) removeMember(model, current.name, name);
    } else {
      addMember(model, group, name);
    }
  }
  const newName = body.text('name');
  if (newName !== undefined) renameHost(model, name, newName);
  return model.hosts.byId(id) ?? anyHost(model, name);
}

function readSettings(body: BodyReader, name: string, kind: 'create' | 'change'): HostSettings {
  const personality = body.text('personality');
  const vlan = body.text('vlan');
  if (vlan !== undefined && !/^(any|untagged|[1-9]\d{0,3})$/.test(vlan)) throw invalidParameter('vlan');
  if (vlan !== undefined && Number(vlan) > 4094) throw invalidParameter('vlan');
  const stretch = body.text('nvme_stretch');
  if (stretch !== undefined && !['disallow', 'allow', 'allow-only-with-fleet'].includes(stretch)) {
    throw invalidParameter('nvme_stretch');
  }
  const iqns = body.texts('iqns');
  const wwns = body.texts('wwns');
  const nqns = body.texts('nqns');
  const chap = body.object('chap');
  const preferred = body.objects('preferred_arrays');
  const qos = kind === 'create' ? readQos(body.object('qos'), name) : readQosChange(body.object('qos'), name);
  return {
    ...(iqns === undefined ? {} : { iqns }),
    ...(wwns === undefined ? {} : { wwns }),
    ...(nqns === undefined ? {} : { nqns }),
    ...(personality === undefined ? {} : { personality: personality === '' ? null : personality }),
    ...(vlan === undefined ? {} : { vlan }),
    ...(stretch === undefined ? {} : { nvmeStretch: stretch }),
    ...(chap === undefined ? {} : { chap: readChap(chap) }),
    ...(preferred === undefined
      ? {}
      : { preferredArrays: preferred.flatMap((array) => array.text('name') ?? []) }),
    ...(qos === undefined ? {} : { qos: { bandwidthLimit: null, iopsLimit: null, ...qos } }),
  };
}

// An empty text clears.
function readChap(chap: BodyReader): NonNullable<HostSettings['chap']> {
  const cleared = (key: string) => (chap.text(key) === '' ? null : (chap.text(key) ?? null));
  return {
    ...(chap.has('host_user') ? { hostUser: cleared('host_user') } : {}),
    ...(chap.has('host_password') ? { hostPassword: cleared('host_password') } : {}),
    ...(chap.has('target_user') ? { targetUser: cleared('target_user') } : {}),
    ...(chap.has('target_password') ? { targetPassword: cleared('target_password') } : {}),
  };
}

/** A row of `/hosts` as this version shows it. CHAP passwords are masked. */
function hostRow(call: Rest2Call, host: Host): JsonObject {
  const { model } = call;
  const connections = hostConnections(model, host);
  const volumes = connections.flatMap((connection) => model.volumes.byId(connection.volumeId) ?? []);
  const group = host.hostGroupId === null ? undefined : model.hostGroups.byId(host.hostGroupId);
  const connected = host.iqns.length + host.wwns.length + host.nqns.length > 0;
  return {
    name: host.name,
    chap: {
      host_password: host.chap.hostPassword === null ? null : '****',
      host_user: host.chap.hostUser,
      target_password: host.chap.targetPassword === null ? null : '****',
      target_user: host.chap.targetUser,
    },
    connection_count: connections.length,
    host_group: nameOnly(group?.name ?? null),
    iqns: host.iqns,
    ...since(call, 1, { is_local: true }),
    nqns: host.nqns,
    personality: host.personality,
    port_connectivity: connected
      ? { details: 'Redundant', status: 'healthy' }
      : { details: 'None', status: 'critical' },
    preferred_arrays: host.preferredArrays.map((name) => ({
      id: name === model.settings.name ? model.identity.id : null,
      name,
    })),
    space: spaceRow(call, sumSpace(volumes.map((volume) => objectSpace(model, volume)))),
    wwns: host.wwns,
    ...since(call, 16, { vlan: host.vlan }),
    ...since(call, 36, { destroyed: false, time_remaining: null }),
    ...since(call, 50, { qos: qosRow(host.qos) }),
    ...since(call, 52, { nvme_stretch: host.nvmeStretch }),
  };
}

function notFound(name: string): Refusal {
  return new Refusal('Host does not exist.', name);
}
