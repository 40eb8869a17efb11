import { DriverError } from '@cinder-flasharray/driver';

/** The driver's way for a consistency group, or volume by volume for any other (Cinder's NotImplementedError). */
export async function asGroupOrOneByOne<Result>(
  asGroup: () => Promise<Result>,
  oneByOne: () => Promise<Result>,
): Promise<Result> {
  try {
    return await asGroup();
  } catch (error) {
    if (error instanceof DriverError && error.code === 'not-implemented') {
      return await oneByOne();
    }
    throw error;
  }
}

/** One after the other, each with its own result. */
export async function oneAfterTheOther<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const item of items) {
    results.push(await work(item));
  }
  return results;
}
