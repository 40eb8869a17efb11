/** How many volumes of a group are worked on at once: the array answers some dozen requests at a time. */
const atOnce = 8;

/** Does `work` for every item, a few at a time. @returns outcomes in the order of the items */
export async function settleInTurn<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly PromiseSettledResult<Result>[]> {
  const outcomes: PromiseSettledResult<Result>[] = [];
  for (let start = 0; start < items.length; start += atOnce) {
    outcomes.push(...(await Promise.allSettled(items.slice(start, start + atOnce).map(work))));
  }
  return outcomes;
}
