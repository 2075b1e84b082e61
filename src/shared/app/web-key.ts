/** How the web host gives a window its token: in the fragment of the address, which no request contains. */
export const KEY_IN_ADDRESS = 'key=';
