import type { BlockStorage, LimitsView } from '@cinder-flasharray/block-storage';
import { flag } from '../http/list-query.ts';
import { requireAdmin } from '../http/require-admin.ts';
import { type ApiRequest, ok, param, type Route } from '../http/route.ts';

/** Resources every quota set shows, with the limit Cinder begins with; -1 is unlimited. */
const builtIn: Readonly<Record<string, number>> = {
  volumes: 10,
  per_volume_gigabytes: -1,
  snapshots: 10,
  gigabytes: 1000,
  backups: 10,
  backup_gigabytes: 1000,
};
const builtInGroups: Readonly<Record<string, number>> = { groups: 10 };

/** Since when administrators may ask for another project's limits. */
const limitsOfOthersSince = 39;

/** `limits`, `os-quota-sets` and `os-quota-class-sets`, to read. */
export function quotaRoutes(blockStorage: BlockStorage): readonly Route[] {
  const { volumeTypes } = blockStorage;

  /** Limits in Cinder's order: its own resources, three of each type, groups. */
  const resources = async (
    { context }: ApiRequest,
    { limits }: LimitsView,
  ): Promise<readonly (readonly [string, number])[]> => {
    const types = await volumeTypes.list({ ...context, isAdmin: true });
    const ofTypes = types.flatMap(({ name }) =>
      ['volumes', 'gigabytes', 'snapshots'].map((resource) => [`${resource}_${name}`, -1] as const),
    );
    return [...Object.entries(builtIn), ...ofTypes, ...Object.entries(builtInGroups)].map(
      ([resource, limit]) => [resource, limits[resource] ?? limit],
    );
  };
  /** Limits that no project has set: those of a project that cannot be. */
  const defaults = async (request: ApiRequest): Promise<Readonly<Record<string, number>>> =>
    Object.fromEntries(await resources(request, await blockStorage.limits(request.context, '')));

  return [
    {
      method: 'GET',
      path: '/limits',
      handler: async ({ context, query, minor }) => {
        const other =
          context.isAdmin && minor >= limitsOfOthersSince
            ? (query.get('project_id') ?? query.get('tenant_id'))
            : null;
        return ok({
          limits: limitsView(await blockStorage.limits(context, other ?? context.projectId)),
        });
      },
    },
    {
      method: 'GET',
      path: '/os-quota-sets/:project',
      handler: async (request) => {
        const { context, query } = request;
        const project = param(request, 'project');
        if (project !== context.projectId) {
          requireAdmin(context, 'volume_extension:quotas:show');
        }
        const view = await blockStorage.limits(context, project);
        const shown = (await resources(request, view)).map(([resource, limit]) => [
          resource,
          flag(query, 'usage') ? { limit, ...usageOf(view, resource) } : limit,
        ]);
        return ok({ quota_set: { ...Object.fromEntries(shown), id: project } });
      },
    },
    {
      method: 'GET',
      path: '/os-quota-sets/:project/defaults',
      handler: async (request) =>
        ok({ quota_set: { ...(await defaults(request)), id: param(request, 'project') } }),
    },
    {
      method: 'GET',
      path: '/os-quota-class-sets/:quota_class',
      handler: async (request) => {
        requireAdmin(request.context, 'volume_extension:quota_classes:get');
        return ok({ quota_class_set: { ...(await defaults(request)), id: param(request, 'quota_class') } });
      },
    },
  ];
}

function usageOf(
  { usages }: LimitsView,
  resource: string,
): { readonly in_use: number; readonly reserved: number } {
  const { inUse = 0, reserved = 0 } = usages[resource] ?? {};
  return { in_use: inUse, reserved };
}

function limitsView(view: LimitsView): Readonly<Record<string, unknown>> {
  const limit = (resource: string): number => view.limits[resource] ?? builtIn[resource] ?? -1;
  const used = (resource: string): number => {
    const { in_use, reserved } = usageOf(view, resource);
    return in_use + reserved;
  };
  return {
    rate: [],
    absolute: {
      maxTotalVolumes: limit('volumes'),
      maxTotalSnapshots: limit('snapshots'),
      maxTotalVolumeGigabytes: limit('gigabytes'),
      maxTotalBackups: limit('backups'),
      maxTotalBackupGigabytes: limit('backup_gigabytes'),
      totalVolumesUsed: used('volumes'),
      totalGigabytesUsed: used('gigabytes'),
      totalSnapshotsUsed: used('snapshots'),
      totalBackupsUsed: used('backups'),
      totalBackupGigabytesUsed: used('backup_gigabytes'),
    },
  };
}
