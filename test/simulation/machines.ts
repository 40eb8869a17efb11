/** Machines that volumes are attached to. */
export const hostNames = ['alpha', 'beta', 'gamma'] as const;

const machineIds: Readonly<Record<string, string>> = {
  alpha: '4c4c4544-0042-3510-8057-000000000001',
  beta: '4c4c4544-0042-3510-8057-000000000002',
  gamma: '4c4c4544-0042-3510-8057-000000000003',
};
/** The instance that runs on each machine. */
export const instances: Readonly<Record<string, string>> = {
  alpha: '77777777-7777-4777-8777-777777777771',
  beta: '77777777-7777-4777-8777-777777777772',
  gamma: '77777777-7777-4777-8777-777777777773',
};

export function initiatorOf(host: string): string {
  return `iqn.1994-05.com.redhat:${host}`;
}

/** What os-brick tells of a machine. */
export function connectorOf(host: string) {
  return {
    host,
    initiator: initiatorOf(host),
    ip: '127.0.0.1',
    'system uuid': machineIds[host] ?? '',
    multipath: true,
  };
}

/** The machine that an instance runs on. */
export function hostOf(instanceUuid: string | null): string {
  return hostNames.find((name) => instances[name] === instanceUuid) ?? 'alpha';
}
