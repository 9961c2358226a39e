import { Column, Entity, PrimaryColumn } from 'typeorm';
import type {
  Audience,
  CampaignState,
  Caps,
  DropPacket,
  DropState,
  Gate,
  Rain,
  Shake,
  Tier,
} from '@app/contracts';

@Entity('campaigns')
export class CampaignEntity {
  @PrimaryColumn('uuid', { name: 'campaign_id' })
  campaignId!: string;

  @Column('uuid', { name: 'tenant_id' })
  tenantId!: string;

  @Column('text')
  name!: string;

  @Column('text')
  brand!: string;

  @Column('text')
  currency!: string;

  /** Minor units, as every amount. */
  @Column('bigint')
  budget!: number;

  @Column('timestamptz', { name: 'starts_at' })
  startsAt!: Date;

  @Column('timestamptz', { name: 'ends_at' })
  endsAt!: Date;

  @Column('text')
  greeting!: string;

  @Column('uuid', { name: 'cover_id', nullable: true })
  coverId!: string | null;

  @Column('jsonb')
  caps!: Caps;

  @Column('text')
  state!: CampaignState;

  /** The campaign of which this one is a rehearsal, with play money. */
  @Column('uuid', { name: 'rehearsal_of', nullable: true })
  rehearsalOf!: string | null;

  /** Moved from the tenant's account: the whole budget once scheduled, else 0. */
  @Column('bigint')
  reserved!: number;

  /** Moved back to the tenant's account. */
  @Column('bigint')
  released!: number;

  /** It is over, and nothing of its money is left to move. */
  @Column('timestamptz', { name: 'settled_up_at', nullable: true })
  settledUpAt!: Date | null;

  @Column('text', { name: 'created_by' })
  createdBy!: string;

  @Column({ type: 'timestamptz', name: 'created_at', insert: false, update: false })
  createdAt!: Date;
}

/** What a drop gives to whom, as its maker planned it. */
export interface DropPlan {
  audience: Audience;
  packet: DropPacket;
  tiers: Tier[];
  gates: Gate[];
  rain?: Rain;
  shake?: Shake;
  greeting?: string;
}

@Entity('campaign_drops')
export class CampaignDropEntity {
  @PrimaryColumn('uuid', { name: 'drop_id' })
  dropId!: string;

  @Column('uuid', { name: 'campaign_id' })
  campaignId!: string;

  @Column('timestamptz', { name: 'opens_at' })
  opensAt!: Date;

  @Column('int', { name: 'announce_seconds' })
  announceSeconds!: number;

  @Column('int', { name: 'expires_in_seconds' })
  expiresInSeconds!: number;

  @Column('jsonb')
  plan!: DropPlan;

  /** Of its packets together. */
  @Column('bigint')
  amount!: number;

  @Column('text')
  state!: DropState;

  /** Its packets are made and their money is in escrow. */
  @Column('timestamptz', { name: 'funded_at', nullable: true })
  fundedAt!: Date | null;

  @Column('timestamptz', { name: 'announced_at', nullable: true })
  announcedAt!: Date | null;

  /** When the audience was told that it is open. */
  @Column('timestamptz', { name: 'opened_at', nullable: true })
  openedAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'created_at', insert: false, update: false })
  createdAt!: Date;
}
