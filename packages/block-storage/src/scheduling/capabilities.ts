import type { JsonObject } from '@cinder-flasharray/store';
import type { BlockStorageDependencies } from '../dependencies.ts';
import type { RequestContext } from '../request/request-context.ts';
import { requireAdmin } from '../request/require-admin.ts';
import { reportFor } from './report-for.ts';

/** What a back end's extra specs and QoS keys may say (`GET capabilities/{host}`). */
export interface CapabilitiesView {
  readonly namespace: string;
  readonly vendorName: string;
  readonly volumeBackendName: string;
  readonly poolName: string | null;
  readonly driverVersion: string;
  readonly storageProtocol: string;
  readonly displayName: string | null;
  readonly description: string | null;
  readonly visibility: string | null;
  readonly replicationTargets: readonly string[];
  /** By name: title, description, type, and enum, minimum, maximum, default where there are any. */
  readonly properties: Readonly<Record<string, JsonObject>>;
}

/** What a back end says of itself, and what its volume types may ask for. */
export async function capabilities(
  dependencies: BlockStorageDependencies,
  context: RequestContext,
  host: string,
): Promise<CapabilitiesView> {
  requireAdmin(context, 'volume_extension:capabilities');
  const report = reportFor(dependencies, host);
  const text = (key: string): string => String(report.capabilities?.[key] ?? '');
  const properties = Object.entries(report.properties).map(
    ([name, property]) => [name, { ...property }] as const,
  );
  return {
    namespace: `OS::Storage::Capabilities::${report.host}`,
    vendorName: text('vendor_name'),
    volumeBackendName: report.volumeBackendName,
    poolName: report.volumeBackendName,
    driverVersion: text('driver_version'),
    storageProtocol: text('storage_protocol'),
    displayName: null,
    description: null,
    visibility: null,
    replicationTargets: [],
    properties: Object.fromEntries(properties),
  };
}
