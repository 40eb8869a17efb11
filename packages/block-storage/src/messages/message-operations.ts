import type { MessageRecord } from '@cinder-flasharray/store';
import type { RequestContext } from '../request/request-context.ts';

export interface MessageOperations {
  messages(context: RequestContext): Promise<readonly MessageRecord[]>;
  message(context: RequestContext, id: string): Promise<MessageRecord>;
  deleteMessage(context: RequestContext, id: string): Promise<void>;
}
