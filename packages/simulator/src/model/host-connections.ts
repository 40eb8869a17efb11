import type { ArrayModel } from './array-model.ts';
import type { Connection, Host } from './records.ts';

/** Connections that a host sees: its own and those of its group. */
export function hostConnections(model: ArrayModel, host: Host): readonly Connection[] {
  return model.connections.filter(
    (connection) =>
      connection.hostId === host.id ||
      (connection.hostGroupId !== null && connection.hostGroupId === host.hostGroupId),
  );
}
