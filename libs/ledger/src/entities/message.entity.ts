import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

@Entity('messages')
export class MessageEntity {
  @PrimaryGeneratedColumn('identity', { name: 'message_id', type: 'bigint' })
  messageId!: number;

  @Column('uuid', { name: 'room_id' })
  roomId!: string;

  @Column('text', { name: 'user_id' })
  userId!: string;

  @Column('text')
  text!: string;

  @Column({ type: 'timestamptz', name: 'posted_at', insert: false, update: false })
  postedAt!: Date;
}
