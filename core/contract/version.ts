/** Version of the wire format; a receiver refuses a version it does not know. */
export const CONTRACT_VERSION = 1;
