/** Told while a run is prepared: what is being made, how many of it are there, and of how many. */
export type Progress = (what: string, done: number, of: number) => void;
