import type { ArrayModel } from '../state/array-model.ts';
import type { Tag } from '../state/records.ts';

/** What a tag is on. */
export type TagResource = { readonly kind: Tag['resourceKind']; readonly id: string };

/** The tags of a resource. */
export function tagsOf(model: ArrayModel, resourceId: string): readonly Tag[] {
  return model.tags.filter((tag) => tag.resourceId === resourceId);
}

/** Gives a resource the tags that it has on another array. */
export function takeTags(model: ArrayModel, resource: TagResource, tags: readonly Tag[]): void {
  const before = tagsOf(model, resource.id);
  if (before.length + tags.length === 0) return;
  model.tags = [...model.tags.filter((tag) => tag.resourceId !== resource.id), ...tags];
}
