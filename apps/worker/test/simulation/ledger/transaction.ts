import type { PacketEntity } from '@app/ledger';
import { accountKey, refusal, type Account, type Table, type Tables, type Transfer } from './tables.js';

/** Which rows are locked, and by whom: until that one's COMMIT or rollback. */
export class Locks {
  readonly holders = new Map<string, Transaction>();
}

/**
 * One transaction at READ COMMITTED: its writes are seen by itself, and by others at once at COMMIT or never. Whoever wants a
 * row that another one wrote or locked waits (MemoryLedger does that; here it is only said who holds it).
 */
export class Transaction {
  private readonly writes = new Map<Table<object>, Map<string, object>>();
  ended = false;

  constructor(
    readonly tables: Tables,
    private readonly locks: Locks,
    /** False in a planted mistake: a second row of the same key is then written beside the first. */
    private readonly uniqueKeys: boolean,
  ) {}

  get<Row extends object>(table: Table<Row>, key: string): Row | undefined {
    return (this.writes.get(table)?.get(key) as Row | undefined) ?? table.rows.get(key);
  }

  *all<Row extends object>(table: Table<Row>): Generator<Row> {
    const own = this.writes.get(table) as Map<string, Row> | undefined;
    for (const [key, row] of table.rows) yield own?.get(key) ?? row;
    for (const [key, row] of own ?? []) if (!table.rows.has(key)) yield row;
  }

  private write<Row extends object>(table: Table<Row>, key: string, row: Row): void {
    let own = this.writes.get(table);
    if (!own) this.writes.set(table, (own = new Map()));
    own.set(key, row);
  }

  /** Throws a unique violation where the key is taken. */
  insert<Row extends object>(table: Table<Row>, key: string, row: Row): void {
    if (this.get(table, key) === undefined) return this.write(table, key, row);
    if (this.uniqueKeys) throw refusal('23505', `duplicate key in ${table.name}: ${key}`);
    for (let k = 2; ; k += 1)
      if (this.get(table, `${key}#${k}`) === undefined) return this.write(table, `${key}#${k}`, row);
  }

  /** Adds to an account, which may be new, and gives it as it is now. */
  addTo(kind: string, owner: string, currency: string, amount: number): Account {
    const key = accountKey(kind, owner, currency);
    const before = this.get(this.tables.accounts, key);
    const account = before
      ? { ...before, balance: before.balance + amount }
      : { accountId: this.tables.nextId(), kind, owner, currency, balance: amount };
    if (account.balance < 0 && kind !== 'provider')
      throw refusal('23514', `accounts_not_under_zero: ${key} would have ${account.balance}`);
    this.write(this.tables.accounts, key, account);
    return account;
  }

  transfer(transfer: Omit<Transfer, 'transferId'>): Transfer {
    if (transfer.amount <= 0) throw refusal('23514', `${transfer.transferKey} moves ${transfer.amount}`);
    const row = { ...transfer, transferId: this.tables.nextId() };
    this.insert(this.tables.transfers, transfer.transferKey, row);
    return row;
  }

  updatePacket(packetId: string, change: Partial<PacketEntity>): void {
    const before = this.get(this.tables.packets, packetId);
    if (!before) return;
    const after: PacketEntity = Object.assign({}, before, change);
    if (after.claimedAmount + after.refunded > after.amount || after.claimedCount > after.count)
      throw refusal('23514', `packets_not_overdrawn: ${packetId}`);
    if ((after.seed === null) !== (after.closedAt === null))
      throw refusal('23514', `packets_seed_after_close: ${packetId}`);
    this.write(this.tables.packets, packetId, after);
  }

  canLock(keys: readonly string[]): boolean {
    return keys.every((key) => (this.locks.holders.get(key) ?? this) === this);
  }

  lock(keys: readonly string[]): void {
    for (const key of keys) this.locks.holders.set(key, this);
  }

  /** Whether money moved. */
  get moved(): boolean {
    return this.writes.has(this.tables.accounts) || this.writes.has(this.tables.transfers);
  }

  commit(): void {
    for (const [table, own] of this.writes) for (const [key, row] of own) table.rows.set(key, row);
    this.end();
  }

  /** Rolled back, or over. */
  end(): void {
    this.ended = true;
    for (const [key, holder] of this.locks.holders) if (holder === this) this.locks.holders.delete(key);
  }
}
