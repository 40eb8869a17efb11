import type { JsonObject } from '../http/messages.ts';
import { type ObjectSpace, reduction, totalReduction } from '../model/rules/space.ts';

/** `space=true` of a volume, or of the volumes of a host together, bytes (purity-rest-1.x.md section 2.3). */
export function spaceRow(name: string, space: ObjectSpace): JsonObject {
  const used = space.unique + space.snapshots;
  return {
    name,
    size: space.provisioned,
    total: used,
    volumes: space.unique,
    snapshots: space.snapshots,
    shared_space: null,
    system: null,
    data_reduction: reduction(space.written, used),
    total_reduction: totalReduction(space.provisioned, used),
    thin_provisioning: space.provisioned === 0 ? 0 : 1 - space.written / space.provisioned,
  };
}
