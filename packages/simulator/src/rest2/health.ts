import type { JsonObject } from '../http/messages.ts';
import {
  type Component,
  type ComponentType,
  changeHardware,
  components,
  type Drive,
  drives,
  noComponent,
  noDrive,
} from '../model/rules/chassis.ts';
import { flagAlert, noAlert } from '../model/rules/health.ts';
import { forEachName, type Refusal } from '../model/rules/refusal.ts';
import type { Alert } from '../model/state/alert.ts';
import { nameKey } from '../model/state/registry.ts';
import { type EndpointDefinition, fleetRead, items, listQuery, type Rest2Call, since } from './endpoint.ts';
import { missingParameter, noAttribute } from './errors.ts';
import { listReply } from './list.ts';
import { selectForList, selectForWrite } from './select.ts';

/** `/alerts`, `/hardware`, `/drives` (purity-rest-2.x.md sections 7.20 and 7.21). */
export const healthEndpoints: readonly EndpointDefinition[] = [
  {
    path: 'alerts',
    since: 2,
    methods: {
      GET: {
        query: { ...listQuery, ...fleetRead, continuation_token: 0, flagged: 0, ids: 0, names: 0 },
        handle: (call) => {
          const flagged = call.query.flag('flagged') === true;
          return listReply(call, {
            records: selectForList(call, call.model.alerts, noAlert).filter(
              (alert) => !flagged || alert.flagged,
            ),
            key: (alert) => alert.name,
            row: alertRow,
          });
        },
      },
      PATCH: {
        query: { ids: 0, names: 0 },
        body: { flagged: 0 },
        handle: (call) => {
          const flagged = call.body.flag('flagged');
          if (flagged === undefined) throw noAttribute();
          const names = selectForWrite(call, call.model.alerts, noAlert);
          return items(forEachName(names, (name) => alertRow(flagAlert(call.model, name, flagged))));
        },
      },
    },
  },
  {
    path: 'hardware',
    since: 2,
    methods: {
      GET: {
        query: { ...listQuery, names: 0 },
        handle: (call) =>
          listReply(call, {
            records: named(call, components(call.model), noComponent),
            key: (component) => component.name,
            row: (component) => hardwareRow(call, component),
          }),
      },
      PATCH: {
        query: { names: 0 },
        body: { identify_enabled: 0 },
        handle: (call) => {
          const names = call.query.names('names') ?? [];
          const identify = call.body.flag('identify_enabled');
          if (names.length === 0) throw missingParameter('names');
          if (identify === undefined) throw noAttribute();
          forEachName(names, (name) => changeHardware(call.model, name, { identify }));
          return items(
            named(call, components(call.model), noComponent).map((component) => hardwareRow(call, component)),
          );
        },
      },
    },
  },
  {
    path: 'drives',
    since: 4,
    methods: {
      GET: {
        query: { ...listQuery, continuation_token: 0, names: 0 },
        handle: (call) =>
          listReply(call, {
            records: named(call, drives(call.model), noDrive),
            key: (drive) => drive.name,
            row: (drive) => driveRow(call, drive),
          }),
      },
    },
  },
];

function alertRow(alert: Alert): JsonObject {
  return {
    id: alert.id,
    name: alert.name,
    actual: alert.actual,
    category: alert.category,
    closed: alert.closed,
    code: alert.code,
    component_name: alert.componentName,
    component_type: alert.componentType,
    created: alert.created,
    description: alert.description,
    expected: alert.expected,
    flagged: alert.flagged,
    issue: alert.description,
    knowledge_base_url: `https://support.purestorage.com/?cid=Alert_${String(alert.code).padStart(4, '0')}`,
    notified: alert.created,
    severity: alert.severity,
    state: alert.closed === null ? 'open' : 'closed',
    summary: alert.summary,
    updated: alert.updated,
  };
}

// Until REST 2.51 a type was the prefix of its components' names (OpenAPI 2.26 and 2.56).
const earlierTypes = {
  chassis: 'ch',
  controller: 'ct',
  cooling: 'fan',
  drive_bay: 'bay',
  eth_port: 'eth',
  fc_port: 'fc',
  nvram_bay: 'nvb',
  power_supply: 'pwr',
  temp_sensor: 'tmp',
} as const satisfies Record<ComponentType, string>;

function hardwareRow(call: Rest2Call, component: Component): JsonObject {
  return {
    name: component.name,
    details: component.details,
    identify_enabled: component.identify,
    index: component.index,
    model: component.model,
    serial: component.serial,
    slot: component.slot,
    speed: component.speed,
    status: component.status,
    temperature: component.temperature,
    type: call.minor >= 51 ? component.type : earlierTypes[component.type],
    voltage: component.voltage,
  };
}

function driveRow(call: Rest2Call, drive: Drive): JsonObject {
  return {
    name: drive.name,
    capacity: drive.capacity,
    ...since(call, 42, { capacity_installed: drive.capacity }),
    details: drive.details,
    protocol: 'NVMe',
    status: drive.status,
    type: drive.type,
  };
}

function named<T extends { readonly name: string }>(
  call: Rest2Call,
  records: readonly T[],
  notFound: (name: string) => Refusal,
): readonly T[] {
  const names = call.query.names('names');
  if (names === undefined) return records;
  return forEachName(names, (name) => {
    const found = records.find((record) => nameKey(record.name) === nameKey(name));
    if (found === undefined) throw notFound(name);
    return found;
  });
}
