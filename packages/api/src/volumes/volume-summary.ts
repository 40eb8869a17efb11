import type { BlockStorage } from '@cinder-flasharray/block-storage';
import { projectFilter } from '../http/list-query.ts';
import type { ApiRequest } from '../http/route.ts';

/** First microversion that lists the metadata in use. */
const metadataSince = 36;

/** Number and GiB of the project's volumes; from 3.36 also the values each metadata key has. */
export async function volumesInNumbers(
  request: ApiRequest,
  { volumes }: BlockStorage,
  pageSize: number,
): Promise<Readonly<Record<string, unknown>>> {
  const values = new Map<string, Set<string>>();
  let [count, size, marker]: [number, number, string | null] = [0, 0, null];
  for (;;) {
    const page = await volumes.list(
      request.context,
      { projectId: projectFilter(request) },
      { sort: [], limit: pageSize, offset: 0, marker },
    );
    // The marker's volume may have been deleted between two pages: what was counted until then is the answer.
    const rows = page.kind === 'page' ? page.rows : [];
    for (const volume of rows) {
      count += 1;
      size += volume.size;
      for (const [key, value] of Object.entries(volume.metadata)) {
        values.set(key, (values.get(key) ?? new Set()).add(value));
      }
    }
    marker = rows.at(-1)?.id ?? null;
    if (page.kind === 'unknown-marker' || !page.more || marker === null) {
      break;
    }
  }
  const metadata = Object.fromEntries([...values].map(([key, used]) => [key, [...used]]));
  return {
    total_count: count,
    total_size: size,
    ...(request.minor >= metadataSince ? { metadata } : {}),
  };
}
