/** A repeatable source of chance (mulberry32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  uint32(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** 0 to 1, without 1. */
  fraction(): number {
    return this.uint32() / 4_294_967_296;
  }

  /** 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor(this.fraction() * limit);
  }

  /** A whole number from `least` to `most`. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  /** One of the items, or undefined when there is none. */
  pick<T>(items: readonly T[]): T | undefined {
    return items[this.below(items.length)];
  }

  /** One of the items by weight. */
  weighted<T>(items: readonly (readonly [T, number])[]): T | undefined {
    let left = this.fraction() * items.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [item, weight] of items) {
      left -= weight;
      if (left < 0) {
        return item;
      }
    }
    return undefined;
  }

  /** 8-4-4-4-12 lower hexadecimal digits, the form of a random (version 4) UUID. */
  uuid(): string {
    const digits = Array.from({ length: 4 }, () => this.uint32().toString(16).padStart(8, '0')).join('');
    return [
      digits.slice(0, 8),
      digits.slice(8, 12),
      `4${digits.slice(13, 16)}`,
      `a${digits.slice(17, 20)}`,
      digits.slice(20),
    ].join('-');
  }
}

/** A source of its own for a part of a world, so that what one part draws never moves another. */
export function randomFor(seed: number, part: string): Random {
  let hash = 0x811c9dc5 ^ (seed >>> 0);
  for (const character of part) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return new Random(hash);
}
