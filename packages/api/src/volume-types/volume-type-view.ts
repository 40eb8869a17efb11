import type { RequestContext } from '@cinder-flasharray/block-storage';
import type { Metadata, VolumeTypeRecord } from '@cinder-flasharray/store';

/** Extra specs that everybody may see. Source: Cinder's USER_VISIBLE_EXTRA_SPECS. */
const openSpecs = ['RESKEY:availability_zones', 'multiattach', 'replication_enabled'];

/** Extra specs as the caller may see them. */
export function shownExtraSpecs({ extraSpecs }: VolumeTypeRecord, { isAdmin }: RequestContext): Metadata {
  return isAdmin
    ? extraSpecs
    : Object.fromEntries(Object.entries(extraSpecs).filter(([key]) => openSpecs.includes(key)));
}

/** `types/default` shows this much; lists and single types also their access. */
export function volumeTypeCore(
  type: VolumeTypeRecord,
  context: RequestContext,
): Readonly<Record<string, unknown>> {
  return {
    id: type.id,
    name: type.name,
    is_public: type.isPublic,
    description: type.description,
    extra_specs: shownExtraSpecs(type, context),
    ...(context.isAdmin ? { qos_specs_id: type.qosSpecsId } : {}),
  };
}

/** A type in a list or by itself. */
export function volumeTypeView(
  type: VolumeTypeRecord,
  context: RequestContext,
): Readonly<Record<string, unknown>> {
  return { ...volumeTypeCore(type, context), 'os-volume-type-access:is_public': type.isPublic };
}

/** The answers to a create and to a change, which only administrators see. */
export function changedVolumeTypeView(type: VolumeTypeRecord): Readonly<Record<string, unknown>> {
  return {
    id: type.id,
    name: type.name,
    is_public: type.isPublic,
    extra_specs: type.extraSpecs,
    description: type.description,
    'os-volume-type-access:is_public': type.isPublic,
  };
}
