/** Something that is to happen between arrays at a time. */
export type FleetEvent = { readonly at: number; readonly run: () => void };
