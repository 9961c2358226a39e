import { closeSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

const CHUNK_BYTES = 1 << 20;

/** Follows a file that another process appends to; gives complete lines only. The file may not be there yet. */
export class Tail {
  private offset = 0;
  private rest = '';
  private readonly decoder = new StringDecoder('utf8');
  private readonly chunk = Buffer.alloc(CHUNK_BYTES);

  constructor(
    private readonly file: string,
    private readonly onLine: (line: string) => void,
  ) {}

  /** What has come since the last time. */
  read(): void {
    let handle: number;
    try {
      handle = openSync(this.file, 'r');
    } catch {
      return;
    }
    try {
      for (let read = -1; read !== 0;) {
        read = readSync(handle, this.chunk, 0, CHUNK_BYTES, this.offset);
        this.offset += read;
        this.take(this.decoder.write(this.chunk.subarray(0, read)));
      }
    } finally {
      closeSync(handle);
    }
  }

  /** The last line too, though its end never came: the writer is gone. */
  finish(): void {
    this.read();
    if (this.rest !== '') this.onLine(this.rest);
    this.rest = '';
  }

  private take(text: string): void {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop()!;
    for (const line of lines) this.onLine(line);
  }
}
