import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SEED_BYTES = 32;

/** Seals the seeds of packets that are not closed: AES-256-GCM, bound to the packet's id. */
export class SeedVault {
  private readonly key: Buffer;

  /** `keyHex`: 64 hex characters. */
  constructor(keyHex: string) {
    this.key = Buffer.from(keyHex, 'hex');
  }

  /** A new seed: 64 lower-case hex characters from the system's random source. */
  makeSeed(): string {
    return randomBytes(SEED_BYTES).toString('hex');
  }

  seal(packetId: string, seed: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce).setAAD(Buffer.from(packetId));
    const sealed = Buffer.concat([cipher.update(Buffer.from(seed, 'hex')), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
  }

  /** Throws when the key is another one, or the seed belongs to another packet. */
  open(packetId: string, sealed: Buffer): string {
    const decipher = createDecipheriv('aes-256-gcm', this.key, sealed.subarray(0, NONCE_BYTES))
      .setAAD(Buffer.from(packetId))
      .setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    return Buffer.concat([
      decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)),
      decipher.final(),
    ]).toString('hex');
  }
}
