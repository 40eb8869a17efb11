import type { JsonObject } from '../http/messages.ts';
import { liveGroup } from '../model/rules/protection-groups.ts';
import { Refusal } from '../model/rules/refusal.ts';
import {
  type EndpointDefinition,
  fleetRead,
  fleetWrite,
  items,
  listQuery,
  type Rest2Call,
  since,
} from './endpoint.ts';
import { invalidParameter, missingParameter, noAttribute } from './errors.ts';
import { listReply } from './list.ts';

/**
 * `/container-default-protections` (purity-rest-2.x.md section 7.24): protection groups that new volumes join. The
 * array itself is the container with the empty name; pods have none here.
 */
export const defaultProtectionsEndpoint: EndpointDefinition = {
  path: 'container-default-protections',
  since: 16,
  methods: {
    GET: {
      query: { ...listQuery, ...fleetRead, continuation_token: 0, destroyed: 0, ids: 0, names: 0 },
      handle: (call) =>
        listReply<string>(call, {
          records: containers(call),
          key: (name) => name,
          row: (name) => containerRow(call, name),
        }),
    },
    PATCH: {
      query: { ...fleetWrite, ids: 0, names: 0 },
      body: {
        default_protections: { since: 0, fields: { id: 26, name: 0, type: 0 } },
        // Clients send these along (purity-rest-2.x.md section 7.24).
        id: 0,
        name: 0,
        type: 0,
      },
      handle: patchContainers,
    },
  },
};

function containers(call: Rest2Call): readonly string[] {
  const { model, query } = call;
  const all = ['', ...model.pods.sorted().map((pod) => pod.name)];
  const names = query.texts('names');
  if (names === undefined) return all;
  return names.map((name) => {
    if (!all.includes(name)) throw new Refusal('Pod does not exist.', name);
    return name;
  });
}

function patchContainers(call: Rest2Call): JsonObject {
  const { model, body, query } = call;
  if (query.text('names') === undefined) throw missingParameter('names');
  const wanted = body.objects('default_protections');
  if (wanted === undefined) throw noAttribute();
  const names = containers(call);
  // Only the array's own list is modelled; a pod's stays empty.
  if (names.some((name) => name !== '') && wanted.length > 0) {
    throw invalidParameter('default_protections');
  }
  const groups = wanted.map((entry) => {
    if ((entry.text('type') ?? 'protection_group') !== 'protection_group') throw invalidParameter('type');
    return liveGroup(model, entry.text('name') ?? '').name;
  });
  for (const before of names.includes('') ? model.settings.defaultProtection : []) {
    const locked = model.protectionGroups.byName(before)?.retentionLock === 'ratcheted';
    if (locked && !groups.includes(before)) {
      throw new Refusal('Protection group has a retention lock.', before, { status: 403 });
    }
  }
  if (names.includes('')) model.update({ defaultProtection: groups });
  return items(names.map((name) => containerRow(call, name)));
}

function containerRow(call: Rest2Call, name: string): JsonObject {
  const { model } = call;
  const groups = name === '' ? model.settings.defaultProtection : [];
  return {
    id: name === '' ? null : (model.pods.byName(name)?.id ?? null),
    name,
    type: name === '' ? '' : 'pod',
    default_protections: groups.map((group) => ({
      name: group,
      type: 'protection_group',
      ...since(call, 26, { id: model.protectionGroups.byName(group)?.id ?? null }),
    })),
  };
}
