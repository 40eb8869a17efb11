import type { JsonObject } from '../http/messages.ts';
import {
  type Component,
  changeHardware,
  components,
  type Drive,
  drives,
  noComponent,
  noDrive,
} from '../model/rules/chassis.ts';
import { alertsByNumber, flagAlert } from '../model/rules/health.ts';
import { Refusal } from '../model/rules/refusal.ts';
import type { Alert } from '../model/state/alert.ts';
import { nameKey } from '../model/state/registry.ts';
import { list, NoSuchCall, type Rest1Answer, type Rest1Call, time, value } from './call.ts';

const day = 86_400_000;

/**
 * `message`, `message/ID` (purity-rest-1.x.md section 2.12). There are alerts only, so `audit` and `login` find
 * nothing. `recent` is taken as the last day, which no source says.
 */
export function answerMessages(call: Rest1Call, rest: string): Rest1Answer {
  const { model, method, parameters } = call;
  if (rest !== '') {
    if (method !== 'PUT') throw new NoSuchCall(405);
    if (!parameters.has('flagged')) throw new Refusal('Invalid parameter.', 'flagged');
    return value(messageRow(call, flagAlert(model, rest, parameters.flag('flagged'))));
  }
  if (method !== 'GET') throw new NoSuchCall(405);
  if (parameters.flag('audit') || parameters.flag('login')) return list([]);
  const shown = alertsByNumber(model).filter(
    (alert) =>
      // REST 1 has no word for it.
      alert.severity !== 'hidden' &&
      (!parameters.flag('open') || alert.closed === null) &&
      (!parameters.flag('flagged') || alert.flagged) &&
      (!parameters.flag('recent') || alert.updated > model.now() - day),
  );
  return list(shown.map((alert) => messageRow(call, alert)));
}

/** `hardware[/C]` (section 2.12). */
export function answerHardware(call: Rest1Call, rest: string): Rest1Answer {
  const { model, method, parameters } = call;
  if (method === 'PUT' && rest !== '') {
    const identify = parameters.text('identify');
    if (identify !== 'on' && identify !== 'off') throw new Refusal('Invalid parameter.', 'identify');
    changeHardware(model, rest, { identify: identify === 'on' });
    return value(hardwareRow(one(components(model), rest, noComponent)));
  }
  if (method !== 'GET') throw new NoSuchCall(405);
  return rest === ''
    ? list(components(model).map(hardwareRow))
    : value(hardwareRow(one(components(model), rest, noComponent)));
}

/** `drive[/D]` (section 2.12). */
export function answerDrives({ model, method }: Rest1Call, rest: string): Rest1Answer {
  if (method !== 'GET') throw new NoSuchCall(405);
  return rest === '' ? list(drives(model).map(driveRow)) : value(driveRow(one(drives(model), rest, noDrive)));
}

function messageRow(call: Rest1Call, alert: Alert): JsonObject {
  return {
    id: Number(alert.name),
    code: alert.code,
    category: alert.category,
    component_type: alert.componentType,
    component_name: alert.componentName,
    current_severity: alert.severity,
    event: alert.summary,
    details: alert.description,
    expected: alert.expected,
    actual: alert.actual,
    opened: time(call, alert.created),
    ...(call.parameters.flag('timeline')
      ? { closed: alert.closed === null ? null : time(call, alert.closed) }
      : {}),
  };
}

function hardwareRow(component: Component): JsonObject {
  return {
    name: component.name,
    status: component.status,
    identify: component.identify ? 'on' : 'off',
    index: component.index,
    model: component.model,
    serial: component.serial,
    slot: component.slot,
    speed: component.speed,
    temperature: component.temperature,
    voltage: component.voltage,
    details: component.details,
  };
}

function driveRow(drive: Drive): JsonObject {
  return {
    name: drive.name,
    type: drive.type,
    status: drive.status,
    capacity: drive.capacity,
    protocol: 'NVMe',
    details: drive.details,
    last_failure: null,
    last_evac_completed: null,
  };
}

function one<T extends { readonly name: string }>(
  records: readonly T[],
  name: string,
  notFound: (name: string) => Refusal,
): T {
  const found = records.find((record) => nameKey(record.name) === nameKey(name));
  if (found === undefined) throw notFound(name);
  return found;
}
