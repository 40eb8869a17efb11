import type { RequestContext } from '@cinder-flasharray/block-storage';
import type { GroupTypeRecord } from '@cinder-flasharray/store';

/** A group type; only administrators see its specs. */
export function groupTypeView(
  type: GroupTypeRecord,
  { isAdmin }: RequestContext,
): Readonly<Record<string, unknown>> {
  return {
    id: type.id,
    name: type.name,
    description: type.description,
    is_public: type.isPublic,
    ...(isAdmin ? { group_specs: type.groupSpecs } : {}),
  };
}
