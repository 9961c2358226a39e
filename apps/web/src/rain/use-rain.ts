import type { RefusalReason } from '@app/contracts';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useServerNow } from '../drops/countdown.js';
import { groupDrops, type Drop } from '../drops/drops.js';
import {
  catchesOf,
  roundAt,
  type Lanes,
  type RainStage,
  type Round,
  type RoundCatches,
} from '../drops/rounds.js';
import { needsForm } from '../packet/gated.js';
import type { Packet } from '../state/merge.js';
import { packetsStore } from '../state/packets.js';
import { useStore } from '../state/store.js';
import { catchOne, lanesStore, standingsOf, type Catch } from './lanes.js';

export interface Rain {
  drop: Drop;
  now: number;
  stage: RainStage;
  /** Of the round that runs, or of the one before the pause. */
  round: Round | null;
  standings: Lanes;
  catches: RoundCatches | null;
  /** Answers are still needed; `refused`: why the last ones did not do. */
  gated: boolean;
  refused: RefusalReason | null;
  answered: () => void;
  /** What the last try came to. */
  latest: Catch | null;
  take: (lane?: Packet) => Promise<Catch>;
}

function useDrop(dropId: string): Drop | null {
  const byId = useStore(packetsStore, (state) => state.byId);
  return useMemo(() => {
    const packets = Object.values(byId).filter((packet) => packet.rain && packet.dropId === dropId);
    return groupDrops(packets)[0] ?? null;
  }, [byId, dropId]);
}

const roundOf = (stage: RainStage): Round | null => {
  if (stage.stage === 'running') return stage.round;
  return stage.stage === 'between' ? stage.last : null;
};

export function useRain(dropId: string): Rain | null {
  const drop = useDrop(dropId);
  const won = useStore(packetsStore, (state) => state.won);
  const tried = useStore(lanesStore, (state) => state.tried);
  const now = useServerNow(drop?.rounds.flatMap(({ opensAt, endsAt }) => [opensAt, endsAt]) ?? []);
  const [joined, setJoined] = useState(false);
  const [refused, setRefused] = useState<RefusalReason | null>(null);
  const [latest, setLatest] = useState<Catch | null>(null);
  const turn = useRef(0);
  const stage: RainStage = drop ? roundAt(drop.rounds, now) : { stage: 'over' };
  const round = roundOf(stage);
  useEffect(() => setLatest(null), [round?.round, stage.stage]);
  if (!drop) return null;
  const standings = standingsOf(drop.packets, tried, won);
  const take = async (lane?: Packet): Promise<Catch> => {
    if (stage.stage !== 'running') return { kind: 'miss' };
    turn.current += 1;
    const caught = await catchOne(stage.round, dropId, turn.current, lane);
    setLatest(caught);
    if (caught.kind === 'gates') {
      setRefused(caught.reason);
      setJoined(false);
    }
    return caught;
  };
  return {
    ...{ drop, now, stage, round, standings, refused, latest, take },
    catches: round && catchesOf(round, standings),
    gated: !joined && needsForm(drop.first),
    answered: () => setJoined(true),
  };
}
