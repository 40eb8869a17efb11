import type { CapabilityProperty } from '../contract/records.ts';
import { largestBandwidth, largestIops } from './type-settings.ts';

const mebibyte = 1_048_576;
const perGib = 'times the size of the volume in GiB; raised to the least that the array takes.';

/** Extra specs and QoS keys that the driver reads, as `GET capabilities` describes them. */
export const capabilityProperties: Readonly<Record<string, CapabilityProperty>> = {
  thin_provisioning: {
    title: 'Thin Provisioning',
    description: 'Sets thin provisioning. A FlashArray always does.',
    type: 'boolean',
    default: true,
  },
  compression: {
    title: 'Compression',
    description: 'Enables compression. A FlashArray always does.',
    type: 'boolean',
    default: true,
  },
  qos: {
    title: 'QoS',
    description: 'Volumes take the limits of QoS specs with consumer back-end or both.',
    type: 'boolean',
    default: true,
  },
  maxIOPS: {
    title: 'IOPS limit',
    description: 'QoS key: operations a second; 0 for none.',
    type: 'integer',
    minimum: 100,
    maximum: largestIops,
  },
  maxBWS: {
    title: 'Bandwidth limit',
    description: 'QoS key: MiB a second; 0 for none.',
    type: 'integer',
    minimum: 1,
    maximum: largestBandwidth / mebibyte,
  },
  maxIOPS_per_GB: {
    title: 'IOPS limit that grows with the volume',
    description: `QoS key: operations a second, ${perGib} Only without maxIOPS.`,
    type: 'integer',
    minimum: 0,
  },
  maxBWS_per_GB: {
    title: 'Bandwidth limit that grows with the volume',
    description: `QoS key: MiB a second, ${perGib} Only without maxBWS.`,
    type: 'integer',
    minimum: 0,
  },
  'flasharray:vg_name': {
    title: 'Volume group',
    description: 'Extra spec: volumes of the type share this volume group of the array, and its limits.',
    type: 'string',
  },
  'flasharray:vg_maxIOPS': {
    title: 'IOPS limit of the volume group',
    description: 'Extra spec: operations a second of all its volumes together.',
    type: 'integer',
    minimum: 100,
    maximum: largestIops,
    default: largestIops,
  },
  'flasharray:vg_maxBWS': {
    title: 'Bandwidth limit of the volume group',
    description: `Extra spec: MB/s (1 to ${largestBandwidth / mebibyte}) or bytes/s (from ${mebibyte}) of all its volumes together.`,
    type: 'integer',
    minimum: 1,
    maximum: largestBandwidth,
    default: largestBandwidth,
  },
};
