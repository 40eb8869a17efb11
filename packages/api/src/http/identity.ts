/** Who a request comes from. */
export interface Identity {
  readonly userId: string;
  readonly projectId: string;
  readonly isAdmin: boolean;
}
