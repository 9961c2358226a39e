import { FindOperator, type DataSource, type EntityManager } from 'typeorm';
import { CampaignEntity, ClaimEntity, PacketEntity, UserEntity } from '@app/ledger';
import type { Effects } from '../scheduler/effects.js';
import { statementOf } from './statements.js';
import { sweepConditionOf } from './sweep-conditions.js';
import { refusal, Tables, type Table } from './tables.js';
import { Locks, Transaction } from './transaction.js';

type Where = Record<string, unknown>;
interface FindOptions {
  where: Where;
  lock?: { mode: 'pessimistic_write' };
}

/** What of a DataSource the money path calls: a new method here is one that the product began to use. */
export type LedgerSource = Pick<DataSource, 'transaction' | 'query' | 'getRepository'>;

/**
 * The ledger in memory, as a DataSource: the product's own use cases run on it, and its statements one by one have a twin in
 * statements.ts. Unique keys, constraints, row locks, COMMIT as a whole or not at all; written from the migrations, and held to
 * Postgres by ledger-twin.int-spec.ts. Every statement and every COMMIT is an effect of the process that asks.
 */
export class MemoryLedger {
  readonly tables = new Tables();
  private readonly locks = new Locks();
  private readonly open = new Map<Effects, Set<Transaction>>();

  constructor(
    private readonly clock: () => number,
    private readonly settings: { uniqueKeys: boolean } = { uniqueKeys: true },
    /** Told of each transaction that moved money, once it is committed. */
    private readonly onCommit: () => void = () => undefined,
  ) {}

  sourceFor(effects: Effects): LedgerSource {
    const source = {
      transaction: (work: (manager: EntityManager) => Promise<unknown>) => this.transaction(effects, work),
      query: (sql: string, values: unknown[] = []) => this.alone(effects, sql, values),
      getRepository: (entity: unknown) => this.repository(effects, entity),
    };
    return source as unknown as LedgerSource;
  }

  /** Its connections are gone: what it had begun is rolled back. */
  disconnect(effects: Effects): void {
    for (const tx of this.open.get(effects) ?? []) tx.end();
    this.open.delete(effects);
  }

  /** Every connection is gone. */
  restart(): void {
    for (const effects of [...this.open.keys()]) this.disconnect(effects);
  }

  private begin(effects: Effects): Transaction {
    const tx = new Transaction(this.tables, this.locks, this.settings.uniqueKeys);
    const open = this.open.get(effects) ?? new Set();
    this.open.set(effects, open.add(tx));
    return tx;
  }

  private end(effects: Effects, tx: Transaction): void {
    tx.end();
    this.open.get(effects)?.delete(tx);
  }

  private commit(effects: Effects, tx: Transaction): void {
    if (tx.ended) throw refusal('08006', 'the connection was lost');
    tx.commit();
    this.end(effects, tx);
    if (tx.moved) this.onCommit();
  }

  private async transaction(
    effects: Effects,
    work: (manager: EntityManager) => Promise<unknown>,
  ): Promise<unknown> {
    const tx = this.begin(effects);
    const manager = {
      query: (sql: string, values: unknown[] = []) => this.statement(effects, tx, sql, values),
      findOne: (entity: unknown, options: FindOptions) => this.findOne(effects, tx, entity, options),
      findOneByOrFail: (entity: unknown, where: Where) =>
        this.findOne(effects, tx, entity, { where }).then(orFail),
      findOneOrFail: (entity: unknown, options: FindOptions) =>
        this.findOne(effects, tx, entity, options).then(orFail),
    };
    try {
      const result = await work(manager as unknown as EntityManager);
      await effects.effect('ledger COMMIT', () => this.commit(effects, tx));
      return result;
    } catch (error) {
      this.end(effects, tx);
      throw error;
    }
  }

  private statement(effects: Effects, tx: Transaction, sql: string, values: unknown[]): Promise<unknown> {
    const { text, locks, run } = statementOf(sql);
    const wanted = locks?.(values as never, tx) ?? [];
    const act = () => {
      if (tx.ended) throw refusal('08006', 'the connection was lost');
      tx.lock(wanted);
      return run(values as never, tx, new Date(this.clock()));
    };
    return effects.effect(`ledger ${text.slice(0, 40)}`, act, () => tx.ended || tx.canLock(wanted));
  }

  /** A statement outside of a transaction: one of its own. */
  private alone(effects: Effects, sql: string, values: unknown[]): Promise<unknown> {
    const { text, locks, run } = statementOf(sql);
    const tx = new Transaction(this.tables, this.locks, this.settings.uniqueKeys);
    const wanted = locks?.(values as never, tx) ?? [];
    const act = () => {
      const result = run(values as never, tx, new Date(this.clock()));
      tx.commit();
      if (tx.moved) this.onCommit();
      return result;
    };
    return effects.effect(`ledger ${text.slice(0, 40)}`, act, () => tx.canLock(wanted));
  }

  private findOne(effects: Effects, tx: Transaction, entity: unknown, { where, lock }: FindOptions) {
    const table = this.tableOf(entity);
    const wanted = lock ? [`${table.name} ${String(where['packetId'])}`] : [];
    const act = () => {
      if (tx.ended) throw refusal('08006', 'the connection was lost');
      tx.lock(wanted);
      return [...tx.all(table)].find((row) => matches(row as Where, where)) ?? null;
    };
    const label = `ledger find ${table.name}${lock ? ' FOR UPDATE' : ''}`;
    return effects.effect(label, act, () => tx.ended || tx.canLock(wanted));
  }

  private repository(effects: Effects, entity: unknown) {
    const table = this.tableOf(entity);
    const look = (where: Where) =>
      effects.effect(`ledger find ${table.name}`, () =>
        [...table.rows.values()].filter((row) => matches(row as Where, where)),
      );
    return {
      find: ({ where }: { where: Where }) => look(where),
      findBy: look,
      findOneBy: (where: Where) => look(where).then((rows) => rows[0] ?? null),
      findOneByOrFail: (where: Where) => look(where).then((rows) => orFail(rows[0] ?? null)),
      createQueryBuilder: () => this.sweepQuery(effects),
    };
  }

  /** The only query that the product builds: the sweep's, of packets, by one of four conditions. */
  private sweepQuery(effects: Effects) {
    let condition = '';
    const rows = () =>
      [...this.tables.packets.rows.values()].filter(sweepConditionOf(condition)(this.clock()));
    const query = {
      where: (text: string) => ((condition = text), query),
      orderBy: () => query,
      limit: () => query,
      getMany: () => effects.effect('ledger find packets left behind', rows),
    };
    return query;
  }

  private tableOf(entity: unknown): Table<object> {
    if (entity === PacketEntity) return this.tables.packets;
    if (entity === ClaimEntity) return this.tables.claims;
    // Nobody has a name, and there are no campaigns.
    if (entity === UserEntity || entity === CampaignEntity) return NONE;
    throw new Error('the simulation has no table for this entity');
  }
}

const NONE: Table<object> = { name: 'none', rows: new Map() };

function matches(row: Where, where: Where): boolean {
  return Object.entries(where).every(([name, wanted]) => {
    if (!(wanted instanceof FindOperator)) return row[name] === wanted;
    if (wanted.type === 'isNull') return row[name] === null;
    if (wanted.type === 'in') return (wanted.value as unknown as unknown[]).includes(row[name]);
    if (wanted.type === 'moreThan') return (row[name] as number) > (wanted.value as number);
    throw new Error(`the simulation's ledger does not know the operator ${wanted.type}`);
  });
}

function orFail<T>(row: T | null): T {
  if (row === null) throw new Error('a row that must be there is not');
  return row;
}
