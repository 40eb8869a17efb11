import type { JsonObject } from '../http/messages.ts';
import { forEachName, Refusal } from '../model/rules/refusal.ts';
import { anySnapshot } from '../model/rules/snapshots.ts';
import { defaultNamespace, putTag, removeTags } from '../model/rules/tags.ts';
import { type TagResource, tagsOf } from '../model/rules/tags-of.ts';
import { anyVolume } from '../model/rules/volume-lookup.ts';
import type { Tag } from '../model/state/records.ts';
import { type BodyReader, readObjects } from './body-reader.ts';
import { reference } from './common-rows.ts';
import {
  type EndpointDefinition,
  fleetRead,
  fleetWrite,
  items,
  listQuery,
  type Rest2Call,
} from './endpoint.ts';
import { invalidCombination, invalidParameter, missingParameter } from './errors.ts';
import { listReply } from './list.ts';
import { relationNames } from './select.ts';

/** Fields of a tag in a body. */
export const tagFields = {
  copyable: 0,
  key: 0,
  namespace: 0,
  // Read-only until then.
  resource: { since: 42, fields: { id: 0, name: 0 } },
  value: 0,
} as const;

type Kind = Tag['resourceKind'];

/** `/volumes/tags`, `/volumes/tags/batch` and the same for snapshots (purity-rest-2.x.md section 7.3). */
export const tagEndpoints: readonly EndpointDefinition[] = [
  ...endpoints('volumes', 'volume'),
  ...endpoints('volume-snapshots', 'snapshot'),
];

/** Sets tags on resources; gives the rows. */
export function putTagRows(
  call: Rest2Call,
  resources: readonly TagResource[],
  rows: readonly BodyReader[],
): readonly Tag[] {
  const tags = rows.map((row) => {
    const key = row.text('key');
    if (key === undefined) throw invalidParameter('key');
    // The one field that may be null: a tag without a value (purity-rest-2.x.md section 8.5).
    const value = row.value('value') === null ? null : (row.text('value') ?? null);
    return {
      key,
      value,
      namespace: row.text('namespace') ?? defaultNamespace,
      copyable: row.flag('copyable') ?? true,
    };
  });
  return resources.flatMap((resource) => tags.map((tag) => putTag(call.model, resource, tag)));
}

function endpoints(parent: string, kind: Kind): readonly EndpointDefinition[] {
  return [
    {
      path: `${parent}/tags`,
      since: 2,
      methods: {
        GET: {
          query: {
            ...listQuery,
            ...fleetRead,
            continuation_token: 3,
            namespaces: 3,
            resource_destroyed: 0,
            resource_ids: 0,
            resource_names: 0,
          },
          handle: (call) => getTags(call, kind),
        },
        DELETE: {
          query: { ...fleetWrite, keys: 0, namespaces: 0, resource_ids: 0, resource_names: 0 },
          handle: (call) => deleteTags(call, kind),
        },
      },
    },
    {
      path: `${parent}/tags/batch`,
      since: 2,
      methods: {
        PUT: {
          query: { ...fleetWrite, resource_ids: 0, resource_names: 0 },
          body: tagFields,
          bodyIsList: true,
          handle: (call) => putTags(call, kind),
        },
      },
    },
  ];
}

function getTags(call: Rest2Call, kind: Kind): JsonObject {
  const { model, query } = call;
  const selected = resourceNames(call, kind)?.map((name) => find(call, kind, name).id);
  const namespaces = query.texts('namespaces');
  const destroyed = query.flag('resource_destroyed');
  const records = model.tags
    .filter((tag) => tag.resourceKind === kind)
    .filter((tag) => selected === undefined || selected.includes(tag.resourceId))
    .filter((tag) => namespaces === undefined || namespaces.includes(tag.namespace))
    .filter((tag) => destroyed === undefined || isDestroyed(call, tag) === destroyed)
    .sort((left, right) => (position(call, left) < position(call, right) ? -1 : 1));
  return listReply(call, { records, key: (tag) => position(call, tag), row: (tag) => tagRow(call, tag) });
}

function putTags(call: Rest2Call, kind: Kind): JsonObject {
  const names = resourceNames(call, kind);
  if (names === undefined || names.length === 0) throw missingParameter('resource_names');
  const rows = readObjects('body', call.rawBody);
  // OpenAPI: 1 to 30 tags, all different.
  if (rows.length < 1 || rows.length > 30) throw invalidParameter('body');
  const resources = forEachName(names, (name) => ({ kind, id: find(call, kind, name).id }));
  return items(putTagRows(call, resources, rows).map((tag) => tagRow(call, tag)));
}

function deleteTags(call: Rest2Call, kind: Kind): null {
  const { model, query } = call;
  const names = resourceNames(call, kind);
  if (names === undefined || names.length === 0) throw missingParameter('resource_names');
  const namespaces = query.texts('namespaces');
  if ((namespaces?.length ?? 1) !== 1) throw invalidParameter('namespaces');
  const namespace = namespaces?.[0] ?? defaultNamespace;
  const keys = query.texts('keys') ?? null;
  forEachName(names, (name) => {
    const { id } = find(call, kind, name);
    for (const key of keys ?? []) {
      if (!tagsOf(model, id).some((tag) => tag.namespace === namespace && tag.key === key)) {
        throw new Refusal('Tag does not exist.', key);
      }
    }
    removeTags(model, id, namespace, keys);
  });
  return null;
}

function tagRow(call: Rest2Call, tag: Tag): JsonObject {
  return {
    copyable: tag.copyable,
    key: tag.key,
    namespace: tag.namespace,
    resource: reference(resourceOf(call, tag) ?? null),
    value: tag.value,
  };
}

function resourceNames(call: Rest2Call, kind: Kind): readonly string[] | undefined {
  if (call.query.has('resource_names') && call.query.has('resource_ids')) throw invalidCombination();
  return kind === 'volume'
    ? relationNames(call, 'resource', call.model.volumes, missing(kind))
    : relationNames(call, 'resource', call.model.snapshots, missing(kind));
}

function find(call: Rest2Call, kind: Kind, name: string) {
  return kind === 'volume' ? anyVolume(call.model, name) : anySnapshot(call.model, name);
}

function missing(kind: Kind) {
  const message = kind === 'volume' ? 'Volume does not exist.' : 'No such volume or snapshot.';
  return (name: string) => new Refusal(message, name);
}

function resourceOf(call: Rest2Call, tag: Tag) {
  return tag.resourceKind === 'volume'
    ? call.model.volumes.byId(tag.resourceId)
    : call.model.snapshots.byId(tag.resourceId);
}

function isDestroyed(call: Rest2Call, tag: Tag): boolean {
  return (resourceOf(call, tag)?.eradicateAt ?? null) !== null;
}

function position(call: Rest2Call, tag: Tag): string {
  return [resourceOf(call, tag)?.name ?? '', tag.namespace, tag.key].join('\u0000').toLowerCase();
}
