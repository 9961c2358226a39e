import type { Outcome, PacketView, SendPacket } from '@app/contracts';
import { between, pick, type Random } from './chance.js';
import { GrabPlan } from './grab-plan.js';
import { CHATS, GREETINGS, THANKS, WELCOMES } from './lines.js';

export const CHAT_GAP_MS_MIN = 8_000;
const CHAT_GAP_MS_MAX = 30_000;
const WELCOME_MS_MIN = 1_500;
const WELCOME_MS_MAX = 4_000;
const THANKS_CHANCE = 0.3;
const THANKS_MS_MAX = 6_000;

/** After a person came; and no sooner after the last packet than SEND_PAUSE_MS, however often pages are reloaded. */
const FIRST_SEND_MS_MIN = 3_000;
const FIRST_SEND_MS_MAX = 8_000;
const SEND_PAUSE_MS = 9_000;
const SEND_GAP_MS_MIN = 35_000;
const SEND_GAP_MS_MAX = 45_000;

/** 0.88 to 20 yuan. */
const AMOUNT_MIN = 88;
const AMOUNT_MAX = 2_000;
const SHARES_MIN = 3;
const SHARES_MAX = 8;
/** Short, so that a visitor can watch what was left go back. */
const EXPIRES_SECONDS = 180;

/** What the service allows, from its settings; amounts in minor units. */
export interface PacketLimits {
  currency: string;
  shareMin: number;
  shareMax: number;
  sharesMax: number;
}

/** `robot`: its place in the list of ids, from 0. */
export type Action =
  | { kind: 'chat'; robot: number; text: string }
  | { kind: 'send'; robot: number; packet: Omit<SendPacket, 'roomId'> }
  | { kind: 'grab'; robot: number; packetId: string };

/**
 * Decides what the robots do and when, and does nothing itself: told what happens in the room, asked by `tick` what is
 * due. All instants are epoch milliseconds of the caller's clock. Without a person in the room nothing is ever due.
 */
export class Director {
  private onlineCount = 0;
  private lastChatMs = -Infinity;
  private nextChatMs = Infinity;
  private nextChat: { lines: readonly string[]; robot?: number } = { lines: CHATS };
  private lastSendMs = -Infinity;
  private nextSendMs = Infinity;
  private readonly plans = new Map<string, GrabPlan>();
  /** Packets seen before: every robot hears of each one. */
  private readonly seen = new Set<string>();

  constructor(
    private readonly robotIds: readonly string[],
    private readonly limits: PacketLimits,
    private readonly random: Random,
  ) {}

  private get personHere(): boolean {
    return this.onlineCount > this.robotIds.length;
  }

  /** How many people the room counts online, the robots among them. */
  online(count: number, nowMs: number): void {
    const before = Math.max(this.onlineCount, this.robotIds.length);
    this.onlineCount = count;
    if (!this.personHere) {
      this.nextChatMs = Infinity;
      this.nextSendMs = Infinity;
    } else if (count > before) {
      const soonMs = nowMs + between(this.random, FIRST_SEND_MS_MIN, FIRST_SEND_MS_MAX);
      this.nextSendMs = Math.min(this.nextSendMs, Math.max(soonMs, this.lastSendMs + SEND_PAUSE_MS));
      this.chatAt(nowMs + between(this.random, WELCOME_MS_MIN, WELCOME_MS_MAX), { lines: WELCOMES });
    }
  }

  dropped(packet: Pick<PacketView, 'packetId' | 'senderId' | 'count' | 'onlyUserIds'>, nowMs: number): void {
    if (this.seen.has(packet.packetId)) return;
    this.seen.add(packet.packetId);
    const robots = [...this.robotIds.keys()].filter((robot) => {
      const id = this.robotIds[robot]!;
      return id !== packet.senderId && (packet.onlyUserIds?.includes(id) ?? true);
    });
    this.plans.set(packet.packetId, new GrabPlan(packet.count, robots, nowMs, this.random));
  }

  closed(packetId: string): void {
    this.plans.delete(packetId);
    this.seen.delete(packetId);
  }

  /** How a grab came out; `busy` also stands for an answer that never came, and may have won. */
  grabbed(robot: number, packetId: string, outcome: Outcome, nowMs: number): void {
    if (outcome === 'won') {
      if (this.random() < THANKS_CHANCE) {
        this.chatAt(nowMs + between(this.random, 1_000, THANKS_MS_MAX), { lines: THANKS, robot });
      }
    } else if (outcome !== 'busy') {
      this.plans.get(packetId)?.release();
    }
  }

  tick(nowMs: number): Action[] {
    const actions: Action[] = [];
    for (const [packetId, plan] of this.plans) {
      for (const robot of plan.due(nowMs)) actions.push({ kind: 'grab', robot, packetId });
      if (plan.over) this.plans.delete(packetId);
    }
    // After the plans have gone on: a turn that came while nobody was here is past, not saved up for the next visit.
    if (!this.personHere) return [];
    if (nowMs >= this.nextSendMs) {
      this.lastSendMs = nowMs;
      this.nextSendMs = nowMs + between(this.random, SEND_GAP_MS_MIN, SEND_GAP_MS_MAX);
      actions.push({ kind: 'send', robot: this.anyRobot(), packet: this.makePacket() });
    }
    if (nowMs >= this.nextChatMs) {
      const { lines, robot = this.anyRobot() } = this.nextChat;
      this.lastChatMs = nowMs;
      this.nextChatMs = Infinity;
      this.chatAt(nowMs + between(this.random, CHAT_GAP_MS_MIN, CHAT_GAP_MS_MAX), { lines: CHATS });
      actions.push({ kind: 'chat', robot, text: pick(this.random, lines) });
    }
    return actions;
  }

  /** Puts a line first when it comes before the one planned, and never within the pause after the last. */
  private chatAt(atMs: number, chat: { lines: readonly string[]; robot?: number }): void {
    const allowedMs = Math.max(atMs, this.lastChatMs + CHAT_GAP_MS_MIN);
    if (allowedMs >= this.nextChatMs) return;
    this.nextChatMs = allowedMs;
    this.nextChat = chat;
  }

  private makePacket(): Omit<SendPacket, 'roomId'> {
    const { currency, shareMin, shareMax, sharesMax } = this.limits;
    const count = Math.min(between(this.random, SHARES_MIN, SHARES_MAX), sharesMax);
    const wanted = between(this.random, AMOUNT_MIN, AMOUNT_MAX);
    const amount = Math.min(Math.max(wanted, shareMin * count), shareMax * count);
    const greeting = pick(this.random, GREETINGS);
    return { kind: 'lucky', amount, count, currency, greeting, expiresInSeconds: EXPIRES_SECONDS };
  }

  private anyRobot(): number {
    return between(this.random, 0, this.robotIds.length - 1);
  }
}
