import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('rooms')
export class RoomEntity {
  @PrimaryColumn('uuid', { name: 'room_id' })
  roomId!: string;

  @Column('text')
  name!: string;

  /** Anyone signed in may find it and join. */
  @Column('boolean')
  open!: boolean;

  @Column('text', { name: 'created_by' })
  createdBy!: string;
}

@Entity('room_members')
export class RoomMemberEntity {
  @PrimaryColumn('uuid', { name: 'room_id' })
  roomId!: string;

  @PrimaryColumn('text', { name: 'user_id' })
  userId!: string;
}
