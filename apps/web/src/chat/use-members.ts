import type { MemberView } from '@app/contracts';
import { useEffect, useState } from 'preact/hooks';
import { api } from '../net/api.js';
import { failureOf, type FailureCode } from '../net/failure.js';

export function useMembers(roomId: string): {
  members: MemberView[] | null;
  failed: FailureCode | null;
  load: () => void;
} {
  const [members, setMembers] = useState<MemberView[] | null>(null);
  const [failed, setFailed] = useState<FailureCode | null>(null);
  const load = () => {
    setFailed(null);
    api.members(roomId).then(setMembers, (error: unknown) => setFailed(failureOf(error).code));
  };
  useEffect(load, [roomId]);
  return { members, failed, load };
}
