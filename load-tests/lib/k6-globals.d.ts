// What k6 has in the global scope and its types leave out.
declare function setTimeout(run: () => void, ms: number): unknown;
declare function clearTimeout(timer: unknown): void;
declare const console: { log(text: string): void; error(text: string): void };
