import type { JsonObject } from '../http/messages.ts';
import {
  type Controller,
  controllers,
  interfaceName,
  interfaceSpeed,
  interfaceWwn,
  isFibreChannel,
  macAddress,
  type Port,
  ports,
} from '../model/rules/interfaces.ts';
import { forEachName, Refusal } from '../model/rules/refusal.ts';
import type { ArrayModel } from '../model/state/array-model.ts';
import { nameKey } from '../model/state/registry.ts';
import type { SimulatedInterface } from '../model/state/simulated-interface.ts';
import { nameOnly } from './common-rows.ts';
import {
  type EndpointDefinition,
  fleetRead,
  fleetReadSince,
  listQuery,
  type Rest2Call,
  since,
} from './endpoint.ts';
import { listReply } from './list.ts';

/** `/ports`, `/ports/initiators`, `/network-interfaces`, `/controllers`, `/subnets` (purity-rest-2.x.md sections 7.17-7.19). */
export const networkEndpoints: readonly EndpointDefinition[] = [
  {
    path: 'ports',
    since: 2,
    methods: {
      GET: {
        query: { ...listQuery, ...fleetRead, continuation_token: 38, names: 0 },
        handle: (call) => {
          // A name without a port is no error here: the list is just shorter (section 7.17).
          const names = call.query.names('names')?.map(nameKey);
          const records = ports(call.model).filter(
            (port) => names === undefined || names.includes(nameKey(port.name)),
          );
          return listReply<Port>(call, { records, key: (port) => port.name, row: portRow });
        },
      },
    },
  },
  {
    path: 'ports/initiators',
    since: 2,
    methods: {
      GET: {
        query: { ...listQuery, ...fleetRead, continuation_token: 38, names: 0 },
        handle: (call) => {
          // `names` are target ports, and nobody has logged in to one.
          const records = call.query.has('names') ? [] : knownInitiators(call.model);
          return listReply<KnownInitiator>(call, { records, key: initiatorKey, row: initiatorRow });
        },
      },
    },
  },
  {
    path: 'network-interfaces',
    since: 4,
    methods: {
      GET: {
        query: {
          ...listQuery,
          continuation_token: 0,
          names: 0,
          context_names: 48,
          allow_errors: 48,
        },
        handle: (call) => {
          const records = [...call.model.settings.interfaces].sort((left, right) =>
            interfaceName(left) < interfaceName(right) ? -1 : 1,
          );
          return listReply<SimulatedInterface>(call, {
            records: named(call, records, interfaceName, 'Network interface does not exist.'),
            key: interfaceName,
            row: (device) => interfaceRow(call, device),
          });
        },
      },
    },
  },
  {
    path: 'controllers',
    since: 2,
    methods: {
      GET: {
        query: { ...listQuery, continuation_token: 0, names: 0 },
        handle: (call) =>
          listReply<Controller>(call, {
            records: named(
              call,
              controllers(call.model),
              (controller) => controller.name,
              'Controller does not exist.',
            ),
            key: (controller) => controller.name,
            row: (controller) => controllerRow(call, controller),
          }),
      },
    },
  },
  {
    path: 'subnets',
    since: 2,
    methods: {
      GET: {
        query: { ...listQuery, ...fleetReadSince(55), continuation_token: 0, names: 0 },
        handle: (call) =>
          listReply<string>(call, {
            records: named(call, [], (name) => name, 'Subnet does not exist.'),
            key: (name) => name,
            row: (name) => ({ name }),
          }),
      },
    },
  },
];

function named<T>(
  call: Rest2Call,
  records: readonly T[],
  nameOf: (record: T) => string,
  message: string,
): readonly T[] {
  const names = call.query.names('names');
  if (names === undefined) return records;
  return forEachName(names, (name) => {
    const found = records.find((record) => nameKey(nameOf(record)) === nameKey(name));
    if (found === undefined) throw new Refusal(message, name);
    return found;
  });
}

function portRow(port: Port): JsonObject {
  return {
    name: port.name,
    failover: null,
    iqn: port.iqn,
    nqn: port.nqn,
    portal: port.portal,
    wwn: port.wwn === null ? null : (port.wwn.match(/../g) ?? []).join(':'),
  };
}

function interfaceRow(call: Rest2Call, device: SimulatedInterface): JsonObject {
  const { model } = call;
  const fibre = isFibreChannel(device);
  const version6 = device.address?.includes(':') === true;
  return {
    name: interfaceName(device),
    enabled: device.enabled ?? true,
    eth: fibre
      ? null
      : {
          address: device.address,
          gateway: null,
          mac_address: macAddress(model, device),
          mtu: device.services.includes('management') ? 1500 : 9000,
          netmask: device.address === null ? null : version6 ? 'ffff:ffff:ffff:ffff::' : '255.255.255.0',
          subinterfaces: [],
          subnet: nameOnly(null),
          subtype: device.subtype ?? 'physical',
          vlan: null,
        },
    fc: fibre ? { wwn: (interfaceWwn(model, device).match(/../g) ?? []).join(':') } : null,
    interface_type: fibre ? 'fc' : 'eth',
    services: device.services,
    speed: interfaceSpeed(device),
  };
}

function controllerRow(call: Rest2Call, controller: Controller): JsonObject {
  const { model } = call;
  return {
    name: controller.name,
    mode: controller.mode,
    model: 'FA-X70R3',
    status: controller.status,
    type: 'array_controller',
    version: model.settings.purityVersion,
    ...since(call, 30, { mode_since: model.identity.created }),
  };
}

/** Only one of the three is set. */
type KnownInitiator = {
  readonly iqn: string | null;
  readonly nqn: string | null;
  readonly wwn: string | null;
};

/** Initiators of all hosts; the array knows them, though none has logged in. */
function knownInitiators(model: ArrayModel): readonly KnownInitiator[] {
  const none = { iqn: null, nqn: null, wwn: null };
  return model.hosts
    .sorted()
    .flatMap(({ iqns, nqns, wwns }) => [
      ...iqns.map((iqn) => ({ ...none, iqn })),
      ...nqns.map((nqn) => ({ ...none, nqn })),
      ...wwns.map((wwn) => ({ ...none, wwn })),
    ])
    .sort((one, other) => (initiatorKey(one) < initiatorKey(other) ? -1 : 1));
}

function initiatorKey({ iqn, nqn, wwn }: KnownInitiator): string {
  return nameKey(iqn ?? nqn ?? wwn ?? '');
}

function initiatorRow(initiator: KnownInitiator): JsonObject {
  const nobody = { failover: null, iqn: null, name: null, nqn: null, portal: null, wwn: null };
  return { initiator: { ...initiator, portal: null }, target: nobody };
}
