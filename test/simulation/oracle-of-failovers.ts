import type { AttachmentRow } from './rows.ts';
import type { SimulatedType, Site } from './site.ts';

/** The back end went to another array, by `backend_id`; `default`: the primary. */
export interface Switch {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly from: string;
  readonly to: string;
}

/** What counts of a site. */
type Layout = Pick<Site, 'name'> & { readonly types: readonly Pick<SimulatedType, 'name' | 'replication'>[] };

/** What a row says of its beginning: database text, UTC; null: nothing. */
type Made = Pick<AttachmentRow, 'created_at'>;

/**
 * What failovers may cost, by the rules of docs/replication.md: volumes without replication are lost with the array that
 * is left; asynchronous ones come from an older copy, or are in none, and are in error after the way back; those of the
 * pod are lost to an array that is not in it. Whatever was made after the last of them owes nothing to them.
 */
export class Failovers {
  readonly #site: Layout;
  readonly #switches: readonly Switch[];
  readonly #hasTrueClock: boolean;

  /** @param hasTrueClock the service's clock was right all the time: rows tell when they were made */
  constructor(site: Layout, switches: readonly Switch[], hasTrueClock: boolean) {
    this.#site = site;
    this.#switches = switches;
    this.#hasTrueClock = hasTrueClock;
  }

  get happened(): boolean {
    return this.#switches.length > 0;
  }

  /** Whether the back end went anywhere while the row was there. */
  sawOne(row: Made): boolean {
    return this.#seenBy(row).length > 0;
  }

  /** Whether what is on that array are copies of what replicated volumes were. */
  isOnCopies(array: string): boolean {
    return array === 'fa3' || (this.#site.name === 'async' && array === 'fa2');
  }

  /** Whether it may have been lost to one, as a volume of that type; null: the type is not known. */
  mayLose(row: Made, type: string | null): boolean {
    return this.#seenBy(row).some((one) => !this.#keeps(one, type));
  }

  /** Whether a volume that had these types may hold what a copy of an earlier time held. */
  mayBringBack(row: Made, types: Iterable<string>): boolean {
    const replicated = [...types].some((type) => {
      const kind = this.#replicationOf(type);
      return kind === 'async' || kind === 'trisync';
    });
    return replicated && this.#seenBy(row).some((one) => this.#isByCopy(one));
  }

  /** Whether the row was there while the back end was away from the primary, or went anywhere, until then. */
  wasDisturbed(row: Made, until: number): boolean {
    return this.disturbed(this.#madeAt(row) ?? 0, until);
  }

  /** Whether it went anywhere while the row was there, until then; milliseconds since the epoch. */
  sawOneBefore(row: Made, until: number): boolean {
    return this.#seenBy(row).some(({ at }) => at <= until);
  }

  /** Whether the back end was away from the primary, or went anywhere, in between; milliseconds since the epoch. */
  disturbed(from: number, to: number): boolean {
    let active = 'default';
    for (const { at, to: next } of this.#switches) {
      if (at <= from) {
        active = next;
      } else if (at <= to) {
        return true;
      }
    }
    return active !== 'default';
  }

  /** Whether it went anywhere in between; milliseconds since the epoch. */
  wentBetween(from: number, to: number): boolean {
    return this.#switches.some(({ at }) => at >= from && at <= to);
  }

  /** Whether the row may be that young; milliseconds since the epoch. */
  isMadeSince(row: Made, moment: number): boolean {
    return (this.#madeAt(row) ?? moment) >= moment;
  }

  /** Milliseconds since the epoch; null: it is not known. */
  #madeAt({ created_at: text }: Made): number | null {
    return this.#hasTrueClock && text !== null ? Date.parse(`${text.replace(' ', 'T')}Z`) : null;
  }

  #seenBy(row: Made): readonly Switch[] {
    const made = this.#madeAt(row) ?? 0;
    return this.#switches.filter(({ at }) => at >= made);
  }

  #keeps(one: Switch, type: string | null): boolean {
    const kind = this.#replicationOf(type);
    return (kind === 'sync' || kind === 'trisync') && !this.#isByCopy(one);
  }

  /** The pod does not reach that far: what is there are copies. */
  #isByCopy({ from, to }: Switch): boolean {
    const other = to === 'default' ? from : to;
    return this.isOnCopies(other);
  }

  #replicationOf(type: string | null): 'async' | 'sync' | 'trisync' | null {
    return this.#site.types.find(({ name }) => name === type)?.replication ?? null;
  }
}
