import type { ArrayModel } from '../state/array-model.ts';
import type { Tag } from '../state/records.ts';
import { mirrorTags } from './pod-mirror.ts';
import { Refusal } from './refusal.ts';
import { type TagResource, tagsOf } from './tags-of.ts';

/** The namespace of tags that name none. */
export const defaultNamespace = 'default';

/** Sets a tag, replacing the value of the same key in the same namespace. */
export function putTag(
  model: ArrayModel,
  resource: TagResource,
  tag: Pick<Tag, 'namespace' | 'key' | 'value' | 'copyable'>,
): Tag {
  if (tag.key === '' || [...tag.key].length > 64) throw new Refusal('Invalid tag key.', tag.key);
  if (tag.value !== null && [...tag.value].length > 256) throw new Refusal('Invalid tag value.', tag.key);
  const namespace = tag.namespace;
  if (namespace === '' || [...namespace].length > 64 || namespace.toLowerCase().startsWith('pure')) {
    throw new Refusal('Invalid tag namespace.', namespace);
  }
  const made: Tag = { resourceKind: resource.kind, resourceId: resource.id, ...tag };
  const others = model.tags.filter(
    (other) => other.resourceId !== resource.id || other.namespace !== tag.namespace || other.key !== tag.key,
  );
  model.tags = [...others, made];
  mirrorTags(model, resource);
  return made;
}

/** Removes tags of a resource: of one namespace, and (when given) of these keys. */
export function removeTags(
  model: ArrayModel,
  resourceId: string,
  namespace: string,
  keys: readonly string[] | null,
): readonly Tag[] {
  const gone = tagsOf(model, resourceId).filter(
    (tag) => tag.namespace === namespace && (keys === null || keys.includes(tag.key)),
  );
  model.tags = model.tags.filter((tag) => !gone.includes(tag));
  for (const { resourceKind } of gone.slice(0, 1)) mirrorTags(model, { kind: resourceKind, id: resourceId });
  return gone;
}

/** Removes all tags of a resource that is gone. */
export function dropTags(model: ArrayModel, kind: Tag['resourceKind'], resourceId: string): void {
  if (model.tags.length === 0) return;
  model.tags = model.tags.filter((tag) => tag.resourceKind !== kind || tag.resourceId !== resourceId);
  mirrorTags(model, { kind, id: resourceId });
}

/** A copy inherits the copyable tags. */
export function copyTags(model: ArrayModel, from: TagResource, to: TagResource): void {
  const copied = tagsOf(model, from.id)
    .filter((tag) => tag.copyable)
    .map((tag) => ({ ...tag, resourceKind: to.kind, resourceId: to.id }));
  if (copied.length === 0) return;
  model.tags = [...model.tags, ...copied];
  mirrorTags(model, to);
}
