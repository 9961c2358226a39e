import { Socket } from 'node:net';

type Done = (error?: Error | null) => void;

/**
 * A connection that ends itself when something was asked and nothing at all came back for `silenceMsMax`. A machine that went
 * away sends no reset, and pg waits for ever: with a settlement stuck so, recovery waited for it and every grab was `busy`.
 * (With TLS what is written does not pass here: then only TCP's keepalive finds out, and TCP's own patience.)
 */
export class AnsweredSocket extends Socket {
  private silence: NodeJS.Timeout | undefined;

  constructor(private readonly silenceMsMax: number) {
    super();
    this.on('data', () => this.heard()).on('close', () => this.heard());
  }

  // Not `write`: `connect` puts Node's own in its place.
  override _write(chunk: Buffer, encoding: BufferEncoding, done: Done): void {
    this.asked();
    super._write(chunk, encoding, done);
  }

  override _writev(chunks: { chunk: Buffer; encoding: BufferEncoding }[], done: Done): void {
    this.asked();
    super._writev!(chunks, done);
  }

  private asked(): void {
    this.silence ??= setTimeout(
      () => this.destroy(new Error(`nothing came back within ${this.silenceMsMax} ms`)),
      this.silenceMsMax,
    );
  }

  private heard(): void {
    clearTimeout(this.silence);
    this.silence = undefined;
  }
}
