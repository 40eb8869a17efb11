import type { BlockStorage } from '@cinder-flasharray/block-storage';
import { flag } from '../http/list-query.ts';
import { requireAdmin } from '../http/require-admin.ts';
import { ok, type Route } from '../http/route.ts';

/** Pools (administrators only) and availability zones. */
export function capacityRoutes(blockStorage: BlockStorage): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/scheduler-stats/get_pools',
      handler: async ({ context, query, minor }) => {
        requireAdmin(context, 'scheduler_extension:scheduler_stats:get_pools');
        const detail = flag(query, 'detail');
        const named = minor >= 28 ? query.get('name') : null;
        const pools = (await blockStorage.pools(context)).filter(
          ({ name }) => named === null || name === named,
        );
        return ok({
          pools: pools.map(({ name, capabilities }) => (detail ? { name, capabilities } : { name })),
        });
      },
    },
    {
      method: 'GET',
      path: '/os-availability-zone',
      handler: async ({ context }) => {
        const zones = await blockStorage.availabilityZones(context);
        return ok({
          availabilityZoneInfo: zones.map(({ name, available }) => ({
            zoneName: name,
            zoneState: { available },
          })),
        });
      },
    },
  ];
}
