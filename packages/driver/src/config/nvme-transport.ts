/** `pure_nvme_transport`. */
export const nvmeTransports = ['roce', 'tcp'] as const;
export type NvmeTransport = (typeof nvmeTransports)[number];
