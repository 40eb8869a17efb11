import { assertNever } from '@cinder-flasharray/common';

/** How a back end is, as this process knows it. */
export type BackendCondition =
  /** The first try to set it up runs. */
  | { readonly kind: 'setting-up' }
  /** It could not be set up yet; it is tried again. */
  | { readonly kind: 'not-set-up'; readonly reason: string }
  | { readonly kind: 'up' }
  /** It was set up, and its array does not answer as it should; it is asked again. */
  | { readonly kind: 'lost'; readonly reason: string }
  /** Volumes that are brought to another array. */
  | { readonly kind: 'failing-over'; readonly done: number; readonly of: number };

/** What is true of a back end: health check, service list, pools, log and messages say this, and nothing else. */
export interface BackendState {
  /** `node1@puredriver-1`. */
  readonly host: string;
  readonly condition: BackendCondition;
  /** `backend_id` of the array that it works on; null: its primary. */
  readonly failedOverTo: string | null;
  readonly frozen: boolean;
}

/** Whether new work for the array can be begun: what is accepted meanwhile waits. */
export function isUp({ kind }: BackendCondition): boolean {
  return kind === 'up';
}

/**
 * Whether it takes part in scheduling: pools, service `up`. During a failover what is accepted waits for the array that
 * is current after it.
 */
export function isInService({ kind }: BackendCondition): boolean {
  return kind === 'up' || kind === 'failing-over';
}

/** `is not set up: Setting up the array at 192.0.2.7 (back end puredriver-1) failed on array 192.0.2.7: Invalid token.` */
export function describeCondition(condition: BackendCondition): string {
  switch (condition.kind) {
    case 'setting-up':
      return 'is being set up';
    case 'not-set-up':
      return `is not set up: ${condition.reason}`;
    case 'up':
      return 'is up';
    case 'lost':
      return `does not answer: ${condition.reason}`;
    case 'failing-over':
      return `is failing over (${condition.done} of ${condition.of} volumes)`;
    default:
      return assertNever(condition);
  }
}

/** `node1@puredriver-1 is up, failed over to fa2, frozen` */
export function describeState({ host, condition, failedOverTo, frozen }: BackendState): string {
  return [
    `${host} ${describeCondition(condition)}`,
    ...(failedOverTo === null ? [] : [`failed over to ${failedOverTo}`]),
    ...(frozen ? ['frozen'] : []),
  ].join(', ');
}
