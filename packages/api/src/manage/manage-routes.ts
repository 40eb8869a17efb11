import type { BlockStorage } from '@cinder-flasharray/block-storage';
import { readBody } from '../http/body.ts';
import { chosenHost } from '../http/chosen-host.ts';
import { looseBoolean, metadata, optionalText, optionalWord, reference, uuid } from '../http/fields.ts';
import { type ApiReply, type ApiRequest, accepted, ok, type Route } from '../http/route.ts';
import { snapshotView } from '../snapshots/snapshot-view.ts';
import { typeNames } from '../volumes/type-names.ts';
import { volumeView } from '../volumes/volume-view.ts';
import { manageablePage } from './manageable-page.ts';
import { manageableSnapshotView, manageableVolumeView } from './manageable-view.ts';

/** First microversions of the new paths, and of clusters in bodies and in lists. */
const newPathsSince = 8;
const clusterSince = 16;
const clusterListsSince = 17;

const volumeShape = {
  host: optionalWord,
  cluster: optionalWord,
  ref: reference,
  name: optionalText,
  description: optionalText,
  volume_type: optionalWord,
  availability_zone: optionalWord,
  metadata: metadata.nullish(),
  bootable: looseBoolean.optional(),
} as const;

const snapshotShape = {
  volume_id: uuid,
  ref: reference,
  name: optionalText,
  description: optionalText,
  metadata: metadata.nullish(),
} as const;

/** What the array has and no record: its volumes and snapshots, under their old paths and their new ones. */
export function manageRoutes(blockStorage: BlockStorage, maxLimit: number): readonly Route[] {
  const { manage } = blockStorage;

  const askedOf = ({ query, minor }: ApiRequest) => ({
    host: chosenHost({ host: query.get('host'), cluster: query.get('cluster') }, minor, clusterListsSince),
    page: manageablePage(query, maxLimit),
  });
  const volumes = async (request: ApiRequest, detail: boolean): Promise<ApiReply> => {
    const { host, page } = askedOf(request);
    const found = await manage.manageableVolumes(request.context, host, page);
    return ok({ 'manageable-volumes': found.map((volume) => manageableVolumeView(volume, detail)) });
  };
  const snapshots = async (request: ApiRequest, detail: boolean): Promise<ApiReply> => {
    const { host, page } = askedOf(request);
    const found = await manage.manageableSnapshots(request.context, host, page);
    return ok({ 'manageable-snapshots': found.map((snapshot) => manageableSnapshotView(snapshot, detail)) });
  };
  const manageVolume = async (request: ApiRequest): Promise<ApiReply> => {
    const { body, context, minor } = request;
    const asked = readBody(body, 'volume', volumeShape, minor);
    const volume = await manage.manageVolume(context, {
      host: chosenHost({ host: asked.host, cluster: asked.cluster }, minor, clusterSince),
      reference: asked.ref,
      displayName: asked.name || null,
      displayDescription: asked.description || null,
      volumeType: asked.volume_type || null,
      availabilityZone: asked.availability_zone || null,
      metadata: asked.metadata ?? {},
      bootable: asked.bootable ?? false,
    });
    const typeName = (await typeNames(blockStorage, context)).get(volume.volumeTypeId) ?? null;
    // The first generation's form at any microversion, as Cinder answers here.
    const shown = volumeView({ ...request, minor: 0 }, volume, typeName, {
      full: false,
      consistencyGroups: new Set(),
    });
    return accepted({ volume: shown });
  };
  const manageSnapshot = async ({ body, context, minor }: ApiRequest): Promise<ApiReply> => {
    const asked = readBody(body, 'snapshot', snapshotShape, minor);
    const snapshot = await manage.manageSnapshot(context, {
      volumeId: asked.volume_id,
      reference: asked.ref,
      displayName: asked.name ?? null,
      displayDescription: asked.description ?? null,
      metadata: asked.metadata ?? {},
    });
    return accepted({ snapshot: snapshotView({ minor: 0 }, snapshot, { full: false }) });
  };

  const at = (
    path: string,
    since: number,
    list: typeof volumes,
    take: (request: ApiRequest) => Promise<ApiReply>,
  ): readonly Route[] => [
    { method: 'GET', path, since, handler: (request) => list(request, false) },
    { method: 'GET', path: `${path}/detail`, since, handler: (request) => list(request, true) },
    { method: 'POST', path, since, handler: take },
  ];
  return [
    ...at('/os-volume-manage', 0, volumes, manageVolume),
    ...at('/manageable_volumes', newPathsSince, volumes, manageVolume),
    ...at('/os-snapshot-manage', 0, snapshots, manageSnapshot),
    ...at('/manageable_snapshots', newPathsSince, snapshots, manageSnapshot),
  ];
}
