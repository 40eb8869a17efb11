/** Who asks. Made by the API's authentication; everything below trusts it. */
export interface RequestContext {
  readonly userId: string;
  readonly projectId: string;
  readonly isAdmin: boolean;
  /** `req-<uuid>`, in every log line and message of the request. */
  readonly requestId: string;
}
