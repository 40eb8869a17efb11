import type { JsonObject } from '../http/messages.ts';
import { podMembers } from '../model/fleet/pod-arbitration.ts';
import { setFailoverPreferences, stretchPod, unstretchPod } from '../model/fleet/stretched-pods.ts';
import { createPod, destroyPod, eradicatePod, recoverPod } from '../model/rules/containers.ts';
import { anyPod, livePod } from '../model/rules/pod-lookup.ts';
import { clonePod, renamePod } from '../model/rules/pod-names.ts';
import { Refusal } from '../model/rules/refusal.ts';
import type { Pod } from '../model/state/records.ts';
import { isShown, list, NoSuchCall, type Rest1Answer, type Rest1Call, timeRemaining, value } from './call.ts';

/** `pod`, `pod/P`, `pod/P/array/A` (purity-rest-1.x.md section 2.9). */
export function answerPods(call: Rest1Call, rest: string): Rest1Answer {
  const [, name = '', array] = /^([^/]*)(?:\/array\/(.+))?$/.exec(rest) ?? [];
  if (array !== undefined) return answerArrays(call, name, array);
  const { model, method, parameters } = call;
  switch (method) {
    case 'POST': {
      const preference = preferenceOf(call);
      const source = parameters.text('source');
      const pod = source === undefined ? createPod(model, name) : clonePod(model, name, source, null);
      return value(
        podRow(call, preference === undefined ? pod : setFailoverPreferences(model, name, preference)),
      );
    }
    case 'PUT':
      return value(changePod(call, name));
    case 'DELETE': {
      const gone = parameters.flag('eradicate')
        ? eradicatePod(model, name, false)
        : destroyPod(model, name, false);
      return value({ name: gone.name });
    }
    case 'GET': {
      if (name === '') {
        return list(
          model.pods
            .sorted()
            .filter(({ eradicateAt }) => isShown(call, eradicateAt))
            .map((pod) => podRow(call, pod)),
        );
      }
      const pod = anyPod(model, name);
      if (!isShown(call, pod.eradicateAt)) throw new Refusal('Pod does not exist.', name);
      return value(podRow(call, pod));
    }
    default:
      throw new NoSuchCall(405);
  }
}

function answerArrays(call: Rest1Call, podName: string, array: string): Rest1Answer {
  const { model, method, parameters } = call;
  switch (method) {
    case 'POST':
      return value(podRow(call, stretchPod(model, podName, array)));
    case 'DELETE':
      return value(podRow(call, unstretchPod(model, podName, array, parameters.flag('with_unknown'))));
    default:
      throw new NoSuchCall(405);
  }
}

function changePod(call: Rest1Call, name: string): JsonObject {
  const { model, parameters } = call;
  if (parameters.text('action') === 'recover') return { name: recoverPod(model, name).name };
  const newName = parameters.text('name');
  if (newName !== undefined) return { name: renamePod(model, name, newName).name };
  const mediator = parameters.text('mediator');
  const preference = preferenceOf(call);
  if (mediator === undefined && preference === undefined) throw new Refusal('Invalid parameter.', name);
  if (mediator !== undefined) model.pods.put({ ...livePod(model, name), mediator });
  if (preference !== undefined) setFailoverPreferences(model, name, preference);
  return podRow(call, livePod(model, name));
}

/** `failover_preference` arrives in REST 1.15. */
function preferenceOf({ minor, parameters }: Rest1Call): readonly string[] | undefined {
  return minor >= 15 ? parameters.list('failover_preference') : undefined;
}

function podRow(call: Rest1Call, pod: Pod): JsonObject {
  const { model, minor, parameters } = call;
  const remaining =
    parameters.flag('pending') || parameters.flag('pending_only')
      ? { time_remaining: timeRemaining(call, pod.eradicateAt) }
      : {};
  if (parameters.flag('failover_preference') && minor >= 15) {
    const names = (pod.failoverPreferences ?? []).flatMap((id) => model.fleet.byId(id)?.settings.name ?? []);
    return { name: pod.name, failover_preference: names, ...remaining };
  }
  return {
    name: pod.name,
    source: pod.source?.name ?? null,
    arrays: podMembers(model, pod).map((member) => ({
      array_id: member.array.id,
      name: member.array.name,
      status: member.status,
      mediator_status: member.mediatorStatus,
      frozen_at: member.frozenAt,
      progress: member.progress,
      pre_elected: member.preElected,
    })),
    ...(minor >= 19
      ? {
          promotion_status: 'promoted',
          requested_promotion_state: 'promoted',
          link_source_count: 0,
          link_target_count: 0,
        }
      : {}),
    ...(parameters.flag('mediator')
      ? { mediator: pod.mediator ?? 'purestorage', mediator_version: '1.0' }
      : {}),
    ...remaining,
  };
}
