import { type AcceptDependencies, requireAdmin } from './accept-dependencies.ts';
import type { CapabilitiesView } from './block-storage.ts';
import { reportFor } from './manage/manage.ts';
import type { RequestContext } from './request-context.ts';

/** What a back end says of itself, and what its volume types may ask for. */
export async function capabilities(
  dependencies: AcceptDependencies,
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
