/** Points per second of a sound envelope: enough resolution until one second fills the screen. */
export const ENVELOPE_RATE = 100;
