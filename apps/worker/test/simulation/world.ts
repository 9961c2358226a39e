import { createHash } from 'node:crypto';
import type { ClosePacketJob, SettleClaimsJob } from '@app/contracts';
import { SeedVault } from '@app/ledger';
import {
  GatedMemoryStore,
  type Grab,
  type GrabAnswer,
  type MemoryState,
  type PacketRef,
} from '@app/packet-store';
import type { Choices } from './scheduler/choices.js';
import type { Scheduler } from './scheduler/scheduler.js';
import { accountKey } from './ledger/tables.js';
import { MemoryLedger } from './ledger/memory-ledger.js';
import { MemoryLocks } from './ledger/memory-locks.js';
import { MemoryQueue } from './memory-queue.js';
import type { Mistakes } from './mistakes.js';
import { Record } from './record.js';

export const ROOM = 'room';
export const SENDER = 'sender';
const BEGIN_MS = 1_700_000_000_000;
/** The product's, asked once for each seed of a packet: there are 2,000, and ciphers were a twelfth of a run. */
class KnownVault extends SeedVault {
  private readonly sealed = new Map<string, Buffer>();
  private readonly opened = new Map<Buffer, string>();

  override seal(owner: string, secret: string): Buffer {
    const key = owner + secret;
    let sealed = this.sealed.get(key);
    if (!sealed) this.sealed.set(key, (sealed = super.seal(owner, secret)));
    return sealed;
  }

  override open(owner: string, sealed: Buffer): string {
    let opened = this.opened.get(sealed);
    if (!opened) this.opened.set(sealed, (opened = super.open(owner, sealed)));
    return opened;
  }
}

const VAULT = new KnownVault('ab'.repeat(32));
const EXPIRES_MS = [10_000, 20_000];

export interface PlannedPacket {
  packetId: string;
  kind: 'lucky' | 'fixed';
  amount: number;
  count: number;
  seed: string;
  expiresInMs: number;
  /** `refused`: the sender could not pay. */
  sent: 'no' | 'under way' | 'unsure' | 'yes' | 'refused';
}

/** The stores and everything that outlives a process, and what the run is to do. */
export class World {
  nowMs = BEGIN_MS;
  readonly clock = () => this.nowMs;
  readonly vault = VAULT;
  readonly record = new Record();
  readonly store: GatedMemoryStore;
  readonly ledger: MemoryLedger;
  /** In the same Postgres as the ledger. */
  readonly locks = new MemoryLocks();
  readonly settlement: MemoryQueue<SettleClaimsJob>;
  readonly closing: MemoryQueue<ClosePacketJob>;
  readonly packets: PlannedPacket[];
  readonly users: string[];
  /** One Redis for money and queues, as on one machine: it loses both. */
  readonly oneRedis: boolean;
  /** Redis came back older or empty, once at least. */
  diskWasLost = false;
  /** Postgres restarted, once at least. */
  turnsWereLost = false;
  /** What an older file has. */
  older: MemoryState | undefined;

  constructor(
    readonly choices: Choices,
    readonly scheduler: Scheduler,
    readonly mistakes: Mistakes,
    onCommit: (world: World) => void,
  ) {
    this.store = new WatchedStore(this);
    this.ledger = new MemoryLedger(this.clock, { uniqueKeys: !mistakes.noUniqueKeys }, () => onCommit(this));
    this.settlement = new MemoryQueue('settlement', this.clock);
    this.closing = new MemoryQueue('packets', this.clock);
    this.oneRedis = choices.chance(50);
    this.packets = Array.from({ length: 1 + choices.below(2) }, (_, k) => this.plan(k));
    this.users = Array.from({ length: 2 + choices.below(4) }, (_, k) => `u${k + 1}`);
    this.openAccounts();
    for (let slot = 0; slot < 16; slot += 1) void this.store.gates.open(slot, this.store.runId);
  }

  private plan(k: number): PlannedPacket {
    const { choices } = this;
    const count = 1 + choices.below(4);
    const kind = choices.chance(25) ? ('fixed' as const) : ('lucky' as const);
    return {
      packetId: `00000000-0000-4000-8000-00000000000${k}`,
      ...{ kind, count, amount: count * (1 + choices.below(50)) },
      seed: createHash('sha256')
        .update(`${k} ${choices.below(1_000)}`)
        .digest('hex'),
      expiresInMs: EXPIRES_MS[choices.below(EXPIRES_MS.length)]!,
      sent: 'no',
    };
  }

  /** The sender has what the packets cost, or what all but the last do. */
  private openAccounts(): void {
    const isShort = this.packets.length > 1 && this.choices.chance(20);
    const paid = isShort ? this.packets.slice(0, -1) : this.packets;
    const amount = paid.reduce((sum, packet) => sum + packet.amount, 0);
    const { tables } = this.ledger;
    const [debit, credit] = [tables.nextId(), tables.nextId()];
    const account = { currency: 'CNY' };
    tables.accounts.rows.set(accountKey('provider', 'sandbox', 'CNY'), {
      ...{ accountId: debit, kind: 'provider', owner: 'sandbox', balance: -amount, ...account },
    });
    tables.accounts.rows.set(accountKey('wallet', SENDER, 'CNY'), {
      ...{ accountId: credit, kind: 'wallet', owner: SENDER, balance: amount, ...account },
    });
    tables.transfers.rows.set('topup:1', {
      ...{
        transferId: tables.nextId(),
        transferKey: 'topup:1',
        kind: 'topup',
        debit,
        credit,
        amount,
        currency: 'CNY',
      },
      ...{ packetId: null, at: new Date(this.nowMs) },
    });
    tables.roomMembers.rows.set(`${ROOM} ${SENDER}`, {});
  }

  get shut(): boolean {
    return this.store.shutNow().length > 0;
  }
}

/** Each decision is looked at in the instant in which it is made. */
class WatchedStore extends GatedMemoryStore {
  constructor(private readonly world: World) {
    super(world.clock);
  }

  override async grab(packet: PacketRef, grabs: readonly Grab[]): Promise<GrabAnswer> {
    const answer = await super.grab(packet, grabs);
    if (answer.status === 'decided') {
      const users = grabs.map(({ userId }) => userId);
      this.world.record.decided(this.world, packet.packetId, users, answer.decisions);
    }
    return answer;
  }

  /** Of the slots that hold packets of this run: the others would only make it longer. */
  override shutNow(): number[] {
    return this.world.packets.map((_, slot) => slot).filter((slot) => this.isSlotShut(slot));
  }

  protected override isShut(packetId: string): boolean {
    return !this.world.mistakes.gatesIgnored && super.isShut(packetId);
  }
}
