import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

const WAIT_MS_MAX = 10_000;

export interface FrameOptions {
  /** 1 text, 2 binary, 0 goes on, 8 close, 9 ping, 10 pong; others are reserved. */
  opcode?: number;
  fin?: boolean;
  /** The three reserved bits, 0 to 7; the highest says compressed. */
  reserved?: number;
  /** Four bytes; null: not masked, which only a server may do. */
  mask?: Buffer | null;
  /** How many bytes of length follow the first two: 0, 2 or 8; the shortest that fits unless told. */
  lengthBytes?: 0 | 2 | 8;
  /** What the length says, in place of the truth. */
  claimedLength?: bigint;
}

/** A WebSocket frame as a client sends it, right or wrong (RFC 6455, section 5.2). */
export function frameOf(payload: string | Buffer, options: FrameOptions = {}): Buffer {
  const bytes = Buffer.from(payload as string);
  const { opcode = 1, fin = true, reserved = 0, mask = randomBytes(4) } = options;
  const claimed = options.claimedLength ?? BigInt(bytes.length);
  const lengthBytes = options.lengthBytes ?? (claimed <= 125n ? 0 : claimed <= 65_535n ? 2 : 8);
  const header = Buffer.alloc(2 + lengthBytes);
  header[0] = (fin ? 0x80 : 0) | (reserved << 4) | opcode;
  header[1] =
    (mask ? 0x80 : 0) | (lengthBytes === 0 ? Number(claimed & 127n) : lengthBytes === 2 ? 126 : 127);
  if (lengthBytes === 2) header.writeUInt16BE(Number(claimed & 0xffffn), 2);
  if (lengthBytes === 8) header.writeBigUInt64BE(claimed & 0xffff_ffff_ffff_ffffn, 2);
  if (!mask) return Buffer.concat([header, bytes]);
  const masked = Buffer.from(bytes.map((byte, k) => byte ^ mask[k & 3]!));
  return Buffer.concat([header, mask, masked]);
}

/** A connection of which every byte is in the caller's hands: what no client library would send can be sent. */
export class RawSocket {
  /** Texts that the server sent, heartbeats left out. */
  readonly messages: string[] = [];
  /** The server has said goodbye, or hung up. */
  closed = false;
  /** Of the server's close frame. */
  closeCode: number | undefined;
  pongs = 0;
  private received: Buffer = Buffer.alloc(0);
  private answered = false;
  private onNews: (() => void) | undefined;

  private constructor(
    private readonly tcp: Socket,
    /** Answers heartbeats as a client would. */
    private readonly beats: boolean,
  ) {
    tcp.setNoDelay(true);
    tcp.on('data', (chunk: Buffer) => this.take(chunk));
    tcp.on('error', () => undefined);
    tcp.on('close', () => {
      this.closed = true;
      this.onNews?.();
    });
  }

  /** Resolves when the server has taken the connection as a WebSocket; rejects with its answer when it has not. */
  static async open(
    serviceUrl: string,
    { beats = true, origin }: { beats?: boolean; origin?: string } = {},
  ): Promise<RawSocket> {
    const { hostname, port, host } = new URL(serviceUrl);
    const raw = new RawSocket(connect(Number(port), hostname), beats);
    raw.write(
      `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        (origin === undefined ? '' : `Origin: ${origin}\r\n`) +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`,
    );
    await raw.until('the connection is taken or refused', () => raw.answered || raw.closed);
    if (!raw.answered || raw.closed)
      throw new Error(`no WebSocket: ${raw.received.toString().slice(0, 2_000)}`);
    return raw;
  }

  /** Opens, and signs in by `token`. */
  static async signedIn(serviceUrl: string, token: string): Promise<RawSocket> {
    const raw = await RawSocket.open(serviceUrl);
    const { refused } = await raw.comeIn({ token });
    if (refused !== undefined) throw new Error(`not signed in: ${refused}`);
    raw.messages.length = 0;
    return raw;
  }

  /** Asks to be let in with `auth`. The answer: `{sid, …}`, or the code that it was refused with; `closed` without one. */
  async comeIn(auth: object): Promise<{ sid?: string; refused?: string }> {
    this.say(`40${JSON.stringify(auth)}`);
    const answered = () => this.messages.find((text) => /^4[04]/.test(text)) ?? (this.closed && 'closed');
    const answer = await this.until('let in or refused', answered);
    if (answer === 'closed') return { refused: answer };
    const body = JSON.parse(answer.slice(2)) as { sid?: string; message?: string };
    return answer.startsWith('40') ? body : { refused: body.message ?? '' };
  }

  write(bytes: Buffer | string): void {
    if (!this.tcp.destroyed) this.tcp.write(bytes);
  }

  /** A text message in one frame. */
  say(text: string): void {
    this.write(frameOf(text));
  }

  /** As soon as something comes in that makes `look` give something; throws with `what` after `withinMs`. One at a time. */
  async until<T>(what: string, look: () => T | undefined | false, withinMs = WAIT_MS_MAX): Promise<T> {
    const deadline = setTimeout(() => this.onNews?.(), withinMs + 5);
    const endsAtMs = performance.now() + withinMs;
    try {
      for (;;) {
        const seen = look();
        if (seen !== undefined && seen !== false) return seen;
        if (performance.now() >= endsAtMs) throw new Error(`not within ${withinMs} ms: ${what}`);
        await new Promise<void>((resolve) => (this.onNews = resolve));
      }
    } finally {
      clearTimeout(deadline);
      this.onNews = undefined;
    }
  }

  /** The acknowledgements with this id, oldest first. */
  acksOf(id: string | number): string[] {
    return this.messages.filter((text) => text.startsWith(`43${id}[`));
  }

  /** Acknowledgements, refusals without one, and errors: what is an answer and not a push. */
  get answers(): string[] {
    return this.messages.filter((text) => /^43|^44|^42\["request:refused"/.test(text));
  }

  end(): void {
    this.tcp.destroy();
  }

  private take(chunk: Buffer): void {
    this.received = Buffer.concat([this.received, chunk]);
    if (!this.answered) {
      const end = this.received.indexOf('\r\n\r\n');
      if (end < 0 || !this.received.subarray(0, 12).includes('101')) return;
      this.answered = true;
      this.received = this.received.subarray(end + 4);
    }
    for (let size = this.takeFrame(); size > 0; size = this.takeFrame())
      this.received = this.received.subarray(size);
    this.onNews?.();
  }

  /** Of the server's frames, none of which it masks or breaks up; 0: not all of one is here. */
  private takeFrame(): number {
    const { received } = this;
    if (received.length < 2) return 0;
    const opcode = received[0]! & 15;
    let [length, at] = [received[1]!, 2];
    if (length === 126 && received.length >= 4) [length, at] = [received.readUInt16BE(2), 4];
    else if (length === 127 && received.length >= 10)
      [length, at] = [Number(received.readBigUInt64BE(2)), 10];
    else if (length >= 126) return 0;
    if (received.length < at + length) return 0;
    const payload = received.subarray(at, at + length);
    if (opcode === 1) this.hear(payload.toString());
    else if (opcode === 8) this.hearGoodbye(payload);
    else if (opcode === 10) this.pongs += 1;
    return at + length;
  }

  private hearGoodbye(payload: Buffer): void {
    this.closeCode = payload.length >= 2 ? payload.readUInt16BE(0) : 1005;
    this.closed = true;
    this.write(frameOf(payload, { opcode: 8 }));
  }

  private hear(text: string): void {
    if (text !== '2') this.messages.push(text);
    else if (this.beats) this.say('3');
  }
}
