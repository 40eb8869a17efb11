/** Bytes of one chunk, the unit in which data is held and counted. */
export const chunkBytes = 4096;

const fanOut = 64;

type Leaf = Uint8Array;
type Branch = { readonly children: ReadonlyMap<number, TreeNode> };
type TreeNode = Leaf | Branch;

/**
 * What a volume holds: an immutable tree of 4 KiB chunks. A write gives a new map that shares everything it did not
 * touch, so that copies and snapshots cost nothing and shared data is known by identity. Chunks of zeros are not
 * kept: reading what was never written gives zeros.
 */
export class ExtentMap {
  static readonly empty = new ExtentMap(null, 0);

  readonly #root: TreeNode | null;
  /** Levels of branches over the chunks; 0: the root is chunk 0. */
  readonly #height: number;

  private constructor(root: TreeNode | null, height: number) {
    this.#root = root;
    this.#height = height;
  }

  /** Bytes from `offset`; never-written ranges are zeros. */
  read(offset: number, length: number): Uint8Array<ArrayBuffer> {
    const result = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const position = offset + done;
      const within = position % chunkBytes;
      const count = Math.min(chunkBytes - within, length - done);
      const chunk = this.#chunk(Math.floor(position / chunkBytes));
      if (chunk !== undefined) result.set(chunk.subarray(within, within + count), done);
      done += count;
    }
    return result;
  }

  /** A map with `data` written at `offset`. */
  write(offset: number, data: Uint8Array): ExtentMap {
    if (data.length === 0) return this;
    const chunks = new Map<number, Leaf | null>();
    let done = 0;
    while (done < data.length) {
      const position = offset + done;
      const index = Math.floor(position / chunkBytes);
      const within = position % chunkBytes;
      const count = Math.min(chunkBytes - within, data.length - done);
      const chunk = new Uint8Array(chunkBytes);
      if (count < chunkBytes) chunk.set(this.#chunk(index) ?? []);
      chunk.set(data.subarray(done, done + count), within);
      chunks.set(index, chunk.every((byte) => byte === 0) ? null : chunk);
      done += count;
    }
    return this.#replace(chunks);
  }

  /** A map without anything from `size` on. */
  truncate(size: number): ExtentMap {
    const gone = new Map<number, Leaf | null>();
    for (const { index, chunk } of this.chunks()) {
      const start = index * chunkBytes;
      if (start >= size) gone.set(index, null);
      else if (start + chunkBytes > size) {
        const kept = new Uint8Array(chunkBytes);
        kept.set(chunk.subarray(0, size - start));
        gone.set(index, kept.every((byte) => byte === 0) ? null : kept);
      }
    }
    return gone.size === 0 ? this : this.#replace(gone);
  }

  /** All chunks that hold data, in order. */
  *chunks(): Generator<{ readonly index: number; readonly chunk: Uint8Array }> {
    if (this.#root !== null) yield* walk(this.#root, this.#height, 0);
  }

  /** Builds a map out of chunks (of exactly 4 KiB each) that may be shared with other maps. */
  static fromChunks(chunks: ReadonlyMap<number, Uint8Array>): ExtentMap {
    return chunks.size === 0 ? ExtentMap.empty : ExtentMap.empty.#replace(chunks);
  }

  /** Bytes that hold data. */
  get writtenBytes(): number {
    return this.#root === null ? 0 : countChunks(this.#root) * chunkBytes;
  }

  /** The tree, for counting what maps share; null when nothing is held. */
  get root(): TreeNode | null {
    return this.#root;
  }

  #chunk(index: number): Leaf | undefined {
    if (this.#root === null || index >= fanOut ** this.#height) return undefined;
    let node: TreeNode = this.#root;
    for (let level = this.#height; level > 0; level -= 1) {
      if (node instanceof Uint8Array) return undefined;
      const child = node.children.get(Math.floor(index / fanOut ** (level - 1)) % fanOut);
      if (child === undefined) return undefined;
      node = child;
    }
    return node instanceof Uint8Array ? node : undefined;
  }

  #replace(chunks: ReadonlyMap<number, Leaf | null>): ExtentMap {
    let height = this.#height;
    let root = this.#root;
    const last = Math.max(...chunks.keys());
    while (last >= fanOut ** height) {
      root = root === null ? null : { children: new Map([[0, root]]) };
      height += 1;
    }
    return new ExtentMap(replaceIn(root, height, 0, [...chunks]), height);
  }
}

/** Bytes held by several maps: all together (shared counted once), and by each alone. */
export function countSharing(maps: readonly ExtentMap[]): {
  readonly distinctBytes: number;
  readonly uniqueBytes: readonly number[];
} {
  const visits = new Map<TreeNode, number>();
  let distinct = 0;
  const visit = (node: TreeNode): void => {
    const seen = visits.get(node) ?? 0;
    visits.set(node, seen + 1);
    // A node met again is shared as a whole: what is below it was counted the first time.
    if (seen > 0) return;
    if (node instanceof Uint8Array) distinct += 1;
    else for (const child of node.children.values()) visit(child);
  };
  const unique = (node: TreeNode): number => {
    if ((visits.get(node) ?? 0) > 1) return 0;
    if (node instanceof Uint8Array) return 1;
    let sum = 0;
    for (const child of node.children.values()) sum += unique(child);
    return sum;
  };
  for (const map of maps) if (map.root !== null) visit(map.root);
  return {
    distinctBytes: distinct * chunkBytes,
    uniqueBytes: maps.map((map) => (map.root === null ? 0 : unique(map.root) * chunkBytes)),
  };
}

function replaceIn(
  node: TreeNode | null,
  level: number,
  first: number,
  chunks: readonly (readonly [number, Leaf | null])[],
): TreeNode | null {
  if (level === 0) return chunks[0]?.[1] ?? null;
  const span = fanOut ** (level - 1);
  const children = new Map(node === null || node instanceof Uint8Array ? [] : node.children);
  const bySlot = new Map<number, (readonly [number, Leaf | null])[]>();
  for (const entry of chunks) {
    const slot = Math.floor((entry[0] - first) / span);
    const group = bySlot.get(slot);
    if (group === undefined) bySlot.set(slot, [entry]);
    else group.push(entry);
  }
  for (const [slot, group] of bySlot) {
    const child = replaceIn(children.get(slot) ?? null, level - 1, first + slot * span, group);
    if (child === null) children.delete(slot);
    else children.set(slot, child);
  }
  return children.size === 0 ? null : { children };
}

function* walk(
  node: TreeNode,
  level: number,
  first: number,
): Generator<{ readonly index: number; readonly chunk: Uint8Array }> {
  if (node instanceof Uint8Array) {
    yield { index: first, chunk: node };
    return;
  }
  const span = fanOut ** (level - 1);
  for (const [slot, child] of [...node.children].sort(([a], [b]) => a - b)) {
    yield* walk(child, level - 1, first + slot * span);
  }
}

function countChunks(node: TreeNode): number {
  if (node instanceof Uint8Array) return 1;
  let count = 0;
  for (const child of node.children.values()) count += countChunks(child);
  return count;
}
