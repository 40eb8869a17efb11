import type { BlockStorage } from '@cinder-flasharray/block-storage';
import type { MessageRecord } from '@cinder-flasharray/store';
import { inPages } from '../http/in-pages.ts';
import { refuseUnknownFilters } from '../http/list-query.ts';
import { type ApiRequest, ok, param, type Route } from '../http/route.ts';
import { isoTime, linksOf } from '../http/view.ts';
import { messageText } from './message-text.ts';

/** First microversions of the resource, and of pages and filters. */
const since = 3;
const pagesSince = 5;

/** A user message: why something that was accepted did not succeed. */
function messageView(request: ApiRequest, message: MessageRecord): Readonly<Record<string, unknown>> {
  return {
    id: message.id,
    event_id: message.eventId,
    user_message: messageText(message.actionId, message.detailId),
    message_level: message.messageLevel,
    created_at: isoTime(message.createdAt),
    guaranteed_until: isoTime(message.expiresAt),
    request_id: message.requestId,
    links: linksOf(request, 'messages', message.id),
    resource_type: message.resourceType,
    resource_uuid: message.resourceUuid,
  };
}

/** What a list can be filtered by, and the value each message has. */
const filters: Readonly<Record<string, (message: MessageRecord) => string | null>> = {
  resource_uuid: ({ resourceUuid }) => resourceUuid,
  resource_type: ({ resourceType }) => resourceType,
  event_id: ({ eventId }) => eventId,
  request_id: ({ requestId }) => requestId,
  message_level: ({ messageLevel }) => messageLevel,
};

/** `messages`. */
export function messageRoutes(blockStorage: BlockStorage, maxLimit: number): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/messages',
      since,
      handler: async (request) => {
        refuseUnknownFilters(request, Object.keys(filters));
        const asked = request.minor >= pagesSince ? request : { ...request, query: new URLSearchParams() };
        const wanted = Object.entries(filters).filter(([name]) => asked.query.has(name));
        const messages = (await blockStorage.messages(request.context)).filter((message) =>
          wanted.every(([name, fieldOf]) => fieldOf(message) === asked.query.get(name)),
        );
        return ok(
          inPages(asked, 'messages', messages, maxLimit, {
            links: 'messages_links',
            marker: (id) => `Message ${id} could not be found.`,
            view: (message) => messageView(request, message),
          }),
        );
      },
    },
    {
      method: 'GET',
      path: '/messages/:id',
      since,
      handler: async (request) =>
        ok({
          message: messageView(request, await blockStorage.message(request.context, param(request, 'id'))),
        }),
    },
    {
      method: 'DELETE',
      path: '/messages/:id',
      since,
      handler: async (request) => {
        await blockStorage.deleteMessage(request.context, param(request, 'id'));
        return { status: 204 };
      },
    },
  ];
}
