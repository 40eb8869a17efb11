import type { JsonObject } from '../http/messages.ts';
import { connectionsOfHostGroup, hostConnections } from '../model/rules/connections-of.ts';
import { volumesInGroup, volumesInPod } from '../model/rules/containers.ts';
import { Refusal } from '../model/rules/refusal.ts';
import { type ObjectSpace, objectSpace, sumSpace } from '../model/rules/space.ts';
import type { ArrayModel } from '../model/state/array-model.ts';
import type {
  Connection,
  Host,
  HostGroup,
  Pod,
  ProtectionGroup,
  Volume,
  VolumeGroup,
} from '../model/state/records.ts';
import type { Named, Registry } from '../model/state/registry.ts';
import { spaceRow, totalOf } from './common-rows.ts';
import {
  type EndpointDefinition,
  fleetRead,
  listQuery,
  type QueryShape,
  type Rest2Call,
} from './endpoint.ts';
import { listReply } from './list.ts';
import { selectForList } from './select.ts';

const byId = { destroyed: 0, ids: 0, total_only: 0 } as const;
const history = { end_time: 0, resolution: 0, start_time: 0 } as const;

/** The space of each object as it is now; there is no history (purity-rest-2.x.md sections 7.1 to 7.13). */
export const spaceEndpoints: readonly EndpointDefinition[] = [
  spaceEndpoint<Volume>('volumes/space', 0, { ...byId, ...history }, 'Volume', {
    registry: ({ volumes }) => volumes,
    space: objectSpace,
    idSince: 0,
  }),
  spaceEndpoint<Host>('hosts/space', 1, {}, 'Host', {
    registry: ({ hosts }) => hosts,
    space: (model, host) => spaceOf(model, connectedVolumes(model, hostConnections(model, host))),
    idSince: null,
  }),
  spaceEndpoint<HostGroup>('host-groups/space', 1, {}, 'Host group', {
    registry: ({ hostGroups }) => hostGroups,
    space: (model, group) => spaceOf(model, connectedVolumes(model, connectionsOfHostGroup(model, group.id))),
    idSince: null,
  }),
  spaceEndpoint<VolumeGroup>('volume-groups/space', 1, { ...byId, ...history }, 'Volume group', {
    registry: ({ volumeGroups }) => volumeGroups,
    space: (model, group) => spaceOf(model, volumesInGroup(model, group)),
    idSince: 0,
  }),
  spaceEndpoint<Pod>('pods/space', 1, { ...byId, ...history }, 'Pod', {
    registry: ({ pods }) => pods,
    space: (model, pod) => spaceOf(model, volumesInPod(model, pod)),
    idSince: 0,
  }),
  spaceEndpoint<ProtectionGroup>(
    'protection-groups/space',
    1,
    { destroyed: 0, ids: 26, total_only: 26 },
    'Protection group',
    {
      registry: ({ protectionGroups }) => protectionGroups,
      // What its snapshots hold is counted at the volumes.
      space: () => sumSpace([]),
      idSince: 26,
    },
  ),
];

function spaceEndpoint<T extends Named & { readonly eradicateAt?: number | null }>(
  path: string,
  since: number,
  query: QueryShape,
  word: string,
  about: {
    readonly registry: (model: ArrayModel) => Registry<T>;
    readonly space: (model: ArrayModel, record: T) => ObjectSpace;
    /** The version whose rows have ids; null: none has. */
    readonly idSince: number | null;
  },
): EndpointDefinition {
  const row = (call: Rest2Call, record: T): JsonObject => ({
    ...(about.idSince !== null && call.minor >= about.idSince ? { id: record.id } : {}),
    name: record.name,
    space: spaceRow(call, about.space(call.model, record)),
    time: call.model.now(),
  });
  return {
    path,
    since,
    methods: {
      GET: {
        query: { ...listQuery, ...fleetRead, continuation_token: 38, names: 0, ...query },
        handle: (call) =>
          listReply(call, {
            records: selectForList(
              call,
              about.registry(call.model),
              (name) => new Refusal(`${word} does not exist.`, name),
            ),
            key: ({ name }) => name,
            row: (record) => row(call, record),
            ...('total_only' in query ? { total: totalOf } : {}),
          }),
      },
    },
  };
}

function connectedVolumes(model: ArrayModel, connections: readonly Connection[]): readonly Volume[] {
  const ids = [...new Set(connections.map(({ volumeId }) => volumeId))];
  return ids.flatMap((id) => model.volumes.byId(id) ?? []);
}

function spaceOf(model: ArrayModel, volumes: readonly Volume[]): ObjectSpace {
  return sumSpace(volumes.map((volume) => objectSpace(model, volume)));
}
