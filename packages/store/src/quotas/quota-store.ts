/** Resource names: `volumes`, `gigabytes`, `snapshots`, `volumes_<type>`, ... */
export type QuotaDeltas = Readonly<Record<string, number>>;

/** Uuids of `reservations` rows. */
export type Reservation = readonly string[];

/** Nothing was written. */
export interface OverQuota {
  readonly kind: 'over-quota';
  readonly resources: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
  readonly usages: Readonly<Record<string, { readonly inUse: number; readonly reserved: number }>>;
}

export type ReserveOutcome = { readonly kind: 'reserved'; readonly reservation: Reservation } | OverQuota;
export type ChargeOutcome = { readonly kind: 'charged' } | OverQuota;

export interface QuotaStore {
  /** Hard limits of a project: its own, else the default class's, else the resource's built-in one; -1 is unlimited. */
  limits(projectId: string): Promise<Readonly<Record<string, number>>>;
  usages(
    projectId: string,
  ): Promise<Readonly<Record<string, { readonly inUse: number; readonly reserved: number }>>>;
  /** Counts as used at once, within the limits: for what is written down in the same transaction. */
  charge(projectId: string, deltas: QuotaDeltas): Promise<ChargeOutcome>;
  /** Positive deltas count as reserved at once; the reservation expires after a day if nobody ends it. */
  reserve(projectId: string, deltas: QuotaDeltas): Promise<ReserveOutcome>;
  /** Turns the reservation into use. Ended reservations are ignored, so it is safe to repeat. */
  commit(reservation: Reservation): Promise<void>;
  rollback(reservation: Reservation): Promise<void>;
  /**
   * Counts what there is: deltas of use, whatever the limits say. For rows that are there or gone already, which no
   * limit can undo.
   */
  change(projectId: string, deltas: QuotaDeltas): Promise<void>;
  /** Gives back what expired reservations hold. @returns how many ended */
  expire(): Promise<number>;
  /** Sets a project's own limits. */
  setLimits(projectId: string, limits: Readonly<Record<string, number>>): Promise<void>;
  deleteLimits(projectId: string): Promise<void>;
}
