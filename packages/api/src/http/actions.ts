import { badRequest, hiddenByMicroversion, noSuchAction } from './api-error.ts';
import { type ApiReply, type ApiRequest, param, type Route } from './route.ts';

/** One action of an object: `id` from the path, `argument` the value below the action's name. */
export interface Action {
  /** First microversion that has it. */
  readonly since?: number;
  readonly run: (request: ApiRequest, id: string, argument: unknown) => Promise<ApiReply>;
}

/**
 * `POST <collection>/{id}/action`: one key names the action, its value holds the arguments.
 * @throws ApiError 400 without exactly one known action, 404 for one of a later microversion
 */
export function actionRoute(collection: string, actions: Readonly<Record<string, Action>>, since = 0): Route {
  return {
    method: 'POST',
    path: `/${collection}/:id/action`,
    since,
    handler: async (request) => {
      const { body } = request;
      if (typeof body !== 'object' || body === null || Array.isArray(body)) {
        throw badRequest('Malformed request body');
      }
      const [entry, ...others] = Object.entries(body);
      if (entry === undefined || others.length > 0) {
        throw badRequest('Malformed request body');
      }
      const [name, argument] = entry;
      const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
      if (action === undefined) {
        throw noSuchAction(name);
      }
      if (request.minor < (action.since ?? 0)) {
        throw hiddenByMicroversion();
      }
      return await action.run(request, param(request, 'id'), argument);
    },
  };
}
