import type { MessageRecord } from '@cinder-flasharray/store';
import type { BlockStorageDependencies } from '../dependencies.ts';
import { BlockStorageError } from '../errors.ts';
import type { RequestContext } from '../request/request-context.ts';
import type { MessageOperations } from './message-operations.ts';

export function messageOperations({ store }: BlockStorageDependencies): MessageOperations {
  const message = async (context: RequestContext, id: string): Promise<MessageRecord> => {
    const found = await store.messages.get(id);
    if (found === null || (!context.isAdmin && found.projectId !== context.projectId)) {
      throw new BlockStorageError('message-not-found', `Message ${id} could not be found.`);
    }
    return found;
  };
  return {
    messages: (context) => store.messages.list(context.projectId),
    message,
    deleteMessage: async (context, id) => {
      await store.messages.delete((await message(context, id)).id);
    },
  };
}
