/** Milliseconds that the pods of a machine have to be gone in where nobody says otherwise. */
export const usualDrainMs = 10 * 60_000;
