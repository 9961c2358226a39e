import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A person as the host app last named them. The host app owns its users; this is only what pages show. */
@Entity('users')
export class UserEntity {
  @PrimaryColumn('text', { name: 'user_id' })
  userId!: string;

  @Column('text')
  name!: string;
}
