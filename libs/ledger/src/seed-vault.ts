import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SEED_BYTES = 32;

/**
 * Seals what must not be read from the database alone: the seeds of packets that are not closed, the keys of tenants.
 * AES-256-GCM, bound to whom it belongs to: `owner` is the packet's id, or `tenant-key:` and the key's.
 */
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

  /** `secret`: hex characters. */
  seal(owner: string, secret: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce).setAAD(Buffer.from(owner));
    const sealed = Buffer.concat([cipher.update(Buffer.from(secret, 'hex')), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
  }

  /** Throws when the key is another one, or the secret belongs to another owner. */
  open(owner: string, sealed: Buffer): string {
    const decipher = createDecipheriv('aes-256-gcm', this.key, sealed.subarray(0, NONCE_BYTES))
      .setAAD(Buffer.from(owner))
      .setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    return Buffer.concat([
      decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)),
      decipher.final(),
    ]).toString('hex');
  }
}
