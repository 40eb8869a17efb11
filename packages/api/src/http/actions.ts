import { badRequest, hiddenByMicroversion, noSuchAction } from './api-error.ts';
import { type ApiReply, type ApiRequest, param, type Route } from './route.ts';

/** One action of an object: `id` from the path, `argument` the value below the action's name. */
export interface Action {
  /** First microversion that has it. */
  readonly since?: number;
  readonly run: (request: ApiRequest, id: string, argument: unknown) => Promise<ApiReply>;
}

type Actions = Readonly<Record<string, Action>>;

/**
 * `POST <collection>/{id}/action`: one key names the action, its value holds the arguments.
 * @throws ApiError 400 without exactly one known action, 404 for one of a later microversion
 */
export function actionRoute(collection: string, actions: Actions, since = 0): Route {
  return actionsAt(`/${collection}/:id/action`, actions, since);
}

/** The same for a collection as a whole (`POST <collection>/action`); the `id` is empty. */
export function collectionActionRoute(collection: string, actions: Actions, since = 0): Route {
  return actionsAt(`/${collection}/action`, actions, since);
}

function actionsAt(path: string, actions: Actions, since: number): Route {
  return {
    method: 'POST',
    path,
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
