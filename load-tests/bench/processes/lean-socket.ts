import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

const TEXT_FRAME = 0x81;
const MASKED = 0x80;
/** Of a frame's length: these say that it follows in two bytes, or in eight. */
const LENGTH_16 = 126;
const LENGTH_64 = 127;
/** A mask that changes nothing. It guards proxies against what pages send; there is neither here. */
const NO_MASK = Buffer.alloc(4);

/**
 * A WebSocket client (RFC 6455) that costs the load as little as possible, on a TCP socket: text both ways, unfragmented,
 * nothing else. With `ws` on this side a crowd takes about as long to read a push as any server to write it.
 */
export class LeanSocket {
  onClose: () => void = () => undefined;
  private left: Buffer | undefined;
  private isUp = false;

  private constructor(
    private readonly socket: Socket,
    /** Of each message, the text's bytes: valid only during the call. */
    public onMessage: (text: Buffer, socket: LeanSocket) => void,
  ) {}

  /** Resolves once the server has switched protocols; rejects with its first line when it doesn't. */
  static open(url: string, onMessage: LeanSocket['onMessage']): Promise<LeanSocket> {
    const { hostname, port, pathname, search, host } = new URL(url);
    return new Promise((resolve, reject) => {
      const socket = connect({ host: hostname, port: Number(port), noDelay: true });
      const lean = new LeanSocket(socket, onMessage);
      const key = randomBytes(16).toString('base64');
      socket.write(
        `GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
          `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
      );
      socket.on('data', (data) => lean.read(data, () => resolve(lean), reject));
      socket.once('error', reject);
      socket.once('close', () => {
        reject(new Error(`${url} closed the connection`));
        lean.onClose();
      });
    });
  }

  send(text: string): void {
    const data = Buffer.from(text);
    const header =
      data.length < LENGTH_16
        ? [TEXT_FRAME, MASKED | data.length]
        : [TEXT_FRAME, MASKED | LENGTH_16, data.length >> 8, data.length & 0xff];
    this.socket.write(Buffer.concat([Buffer.from(header), NO_MASK, data]));
  }

  terminate(): void {
    this.socket.destroy();
  }

  private read(data: Buffer, up: () => void, refused: (error: Error) => void): void {
    let bytes = this.left ? Buffer.concat([this.left, data]) : data;
    this.left = undefined;
    if (!this.isUp) {
      const end = bytes.indexOf('\r\n\r\n');
      if (end < 0) {
        this.left = bytes;
        return;
      }
      const head = bytes.toString('latin1', 0, bytes.indexOf('\r\n'));
      if (!head.startsWith('HTTP/1.1 101')) return refused(new Error(`the server said: ${head}`));
      this.isUp = true;
      bytes = bytes.subarray(end + 4);
      up();
    }
    this.readFrames(bytes);
  }

  private readFrames(bytes: Buffer): void {
    let at = 0;
    while (at + 2 <= bytes.length) {
      let length = bytes[at + 1]! & 0x7f;
      let from = at + 2;
      if (length === LENGTH_16) {
        if (from + 2 > bytes.length) break;
        length = bytes.readUInt16BE(from);
        from += 2;
      } else if (length === LENGTH_64) {
        if (from + 8 > bytes.length) break;
        length = Number(bytes.readBigUInt64BE(from));
        from += 8;
      }
      if (from + length > bytes.length) break;
      if (bytes[at] === TEXT_FRAME) this.onMessage(bytes.subarray(from, from + length), this);
      at = from + length;
    }
    if (at < bytes.length) this.left = Buffer.from(bytes.subarray(at));
  }
}
