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

/** The ports that machines have, whatever the protocol. WWNs as the array shows them. */
export function initiatorsOf(host: string) {
  const names: readonly string[] = hostNames;
  const digit = String(names.indexOf(host) + 1);
  return {
    iqns: [initiatorOf(host)],
    wwns: [`21:00:00:24:FF:00:00:0${digit}`, `21:00:00:24:FF:00:01:0${digit}`],
    nqns: [`nqn.2014-08.org.nvmexpress:uuid:${machineIds[host] ?? ''}`],
  };
}

/** Whether a host of an array is the machine. */
export function isMachine(
  {
    iqns,
    wwns,
    nqns,
  }: { readonly iqns: readonly string[]; readonly wwns: readonly string[]; readonly nqns: readonly string[] },
  machine: string,
): boolean {
  const own = initiatorsOf(machine);
  return (
    iqns.some((iqn) => own.iqns.includes(iqn)) ||
    wwns.some((wwn) => own.wwns.includes(wwn)) ||
    nqns.some((nqn) => own.nqns.includes(nqn))
  );
}

/** What os-brick tells of a machine. */
export function connectorOf(host: string) {
  return {
    host,
    initiator: initiatorOf(host),
    wwpns: initiatorsOf(host).wwns.map((wwn) => wwn.replaceAll(':', '').toLowerCase()),
    nqn: initiatorsOf(host).nqns[0] ?? '',
    ip: '127.0.0.1',
    'system uuid': machineIds[host] ?? '',
    multipath: true,
  };
}

/** The machine that an instance runs on. */
export function hostOf(instanceUuid: string | null): string {
  return hostNames.find((name) => instances[name] === instanceUuid) ?? 'alpha';
}
