import type { ApiReply } from '../http/route.ts';

/** What the service says about itself. */
export interface Health {
  readonly healthy: boolean;
  /** Why, in a few words each; shown to anyone who asks. */
  readonly reasons: readonly string[];
}

/** The answer to `GET /healthcheck`: 200, or 503 with the reasons. Source: oslo.middleware's healthcheck. */
export async function healthcheck(check: (() => Promise<Health>) | undefined): Promise<ApiReply> {
  const { healthy, reasons } = check === undefined ? { healthy: true, reasons: ['OK'] } : await check();
  return { status: healthy ? 200 : 503, body: { detailed: false, reasons } };
}
