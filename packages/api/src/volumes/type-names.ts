import type { BlockStorage, RequestContext } from '@cinder-flasharray/block-storage';

/** Names of all types by id: a volume shows its type's name also when its project does not see the type. */
export async function typeNames(
  { volumeTypes }: Pick<BlockStorage, 'volumeTypes'>,
  context: RequestContext,
): Promise<ReadonlyMap<string, string>> {
  const types = await volumeTypes.list({ ...context, isAdmin: true });
  return new Map(types.map(({ id, name }) => [id, name]));
}
