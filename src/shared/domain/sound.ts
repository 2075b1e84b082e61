/** Points a second of a sound's envelope: finer than anybody can see until a second fills the screen. */
export const ENVELOPE_RATE = 100;
