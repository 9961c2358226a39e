import { randomBytes } from 'node:crypto';
import type { Gate, PacketRules } from '@app/contracts';

const SALT_BYTES = 16;

/** The rules of a packet sent into a room: its gates. Null without any. */
export function gateRulesOf(gates: Gate[] | undefined): PacketRules | null {
  if (!gates || gates.length === 0) return null;
  return { gates, salt: randomBytes(SALT_BYTES).toString('hex') };
}
