import type { ProtocolConfig } from '../config/backend-config.ts';
import { staticFabricLookup } from './fabrics.ts';
import { fibreChannelProtocol } from './fibre-channel.ts';
import { iscsiProtocol } from './iscsi.ts';
import { nvmeProtocol } from './nvme.ts';
import type { Protocol } from './protocol.ts';

/** The protocol that a back end is configured for. */
export function protocolOf(config: ProtocolConfig): Protocol {
  switch (config.kind) {
    case 'iscsi':
      return iscsiProtocol(config);
    case 'fibre-channel':
      return fibreChannelProtocol(config.fabrics === null ? null : staticFabricLookup(config.fabrics));
    case 'nvme':
      return nvmeProtocol(config);
  }
}
