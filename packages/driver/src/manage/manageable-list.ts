import { bytes } from '@cinder-flasharray/common';
import type { FlashArray } from '@cinder-flasharray/flasharray';
import { arrayFailure } from '../contract/driver-error.ts';
import type { ManageableRequest, ManageableSnapshot, ManageableVolume } from '../contract/records.ts';
import { isInRealm, parseArrayName } from '../names/array-name.ts';
import { roundedUp } from './manage-volume.ts';
import { pageOf } from './manageable-page.ts';

/** Connected volumes of a page whose hosts are named; of further ones only their number is told. */
const mostNamed = 200;

/**
 * One page of the array's volumes. All are read, a slim record each, since the page can only be cut from the sorted
 * whole: ceil(N/1000) calls, and at most three more for pods and hosts.
 */
export async function manageableVolumes(
  array: FlashArray,
  request: ManageableRequest,
): Promise<readonly ManageableVolume[]> {
  try {
    const [entries, pods] = await Promise.all([all(array.volumes.summaries()), array.pods.list()]);
    const page = pageOf(entries, request);
    const connected = page.filter(({ connections }) => connections > 0).map(({ name }) => name);
    const hosts = await hostsOf(array, connected.slice(0, mostNamed));
    const replicated = new Set(pods.filter((pod) => pod.replicated).map(({ name }) => name.toLowerCase()));
    return page.map((entry) => {
      const cinderId = request.managed.get(entry.name.toLowerCase()) ?? null;
      const reasons = [
        ...(entry.connections === 0 ? [] : [connectedTo(hosts.get(entry.name), entry.connections)]),
        ...(cinderId === null ? [] : ['Volume already managed']),
        ...(isInRealm(entry.name) ? ['Volume is in a Realm'] : []),
        ...(replicated.has(parseArrayName(entry.name).pod?.toLowerCase() ?? '')
          ? ['Volume is in a Replicated Pod']
          : []),
        ...(entry.destroyed ? ['Volume is deleted'] : []),
      ];
      return {
        reference: { name: entry.name },
        size: roundedUp(entry.size),
        safeToManage: reasons.length === 0,
        reasonNotSafe: reasons.length === 0 ? null : reasons.join(' && '),
        cinderId,
        extraInfo: null,
      };
    });
  } catch (error) {
    throw arrayFailure('Listing the volumes of the array', error);
  }
}

/** One page of the array's snapshots; as the volumes, ceil(N/1000) calls. */
export async function manageableSnapshots(
  array: FlashArray,
  request: ManageableRequest,
): Promise<readonly ManageableSnapshot[]> {
  try {
    const page = pageOf(await all(array.snapshots.summaries()), request);
    return page.map((entry) => {
      const cinderId = request.managed.get(entry.name.toLowerCase()) ?? null;
      const reason = reasonAgainst(entry, cinderId);
      return {
        reference: { name: entry.name },
        size: roundedUp(bytes(entry.size)),
        safeToManage: reason === null,
        reasonNotSafe: reason,
        cinderId,
        extraInfo: null,
        sourceReference: { name: entry.source },
      };
    });
  } catch (error) {
    throw arrayFailure('Listing the snapshots of the array', error);
  }
}

function reasonAgainst(
  entry: { readonly name: string; readonly source: string; readonly destroyed: boolean },
  cinderId: string | null,
): string | null {
  if (isInRealm(entry.name)) {
    return 'Snapshot is in a realm.';
  }
  if (entry.destroyed) {
    return 'Snapshot is deleted.';
  }
  if (cinderId !== null) {
    return 'Snapshot already managed.';
  }
  const [, ...rest] = entry.name.split('.');
  return rest.length > 1 ? 'Snapshot is part of a protection group snapshot.' : null;
}

async function hostsOf(array: FlashArray, volumes: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const connections = volumes.length === 0 ? [] : await array.connections.list({ volumes });
  return new Map(
    connections.map(({ volume, host, hostGroup }) => [volume, host ?? `group ${hostGroup ?? ''}`]),
  );
}

function connectedTo(host: string | undefined, connections: number): string {
  return host === undefined
    ? `Volume connected to ${connections} host(s)`
    : `Volume connected to host ${host}`;
}

async function all<Row>(pages: AsyncIterable<readonly Row[]>): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for await (const page of pages) {
    rows.push(...page);
  }
  return rows;
}
