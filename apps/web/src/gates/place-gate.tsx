import type { GateView } from '@app/contracts';
import { useState } from 'preact/hooks';
import { useDropText } from '../i18n/drops.js';
import { useCover } from '../packet/cover.js';
import { findPosition, type PositionProblem } from './position.js';
import { GateProblem, type GateProps } from './gate-parts.js';

type PlaceView = GateView & { kind: 'place' };

function Clue({ clue }: { clue: PlaceView['clue'] }) {
  const t = useDropText().gates;
  const { cover, failed } = useCover(clue?.url);
  return (
    <>
      {cover && (
        <img class="clue-picture" src={cover} alt={t.placeCluePicture} decoding="async" onError={failed} />
      )}
      {clue?.text && <p>{clue.text}</p>}
    </>
  );
}

export function PlaceGate({ gate, draft, change, problem }: GateProps & { gate: PlaceView }) {
  const t = useDropText().gates;
  const [finding, setFinding] = useState(false);
  const [failed, setFailed] = useState<PositionProblem | null>(null);
  const { place } = draft;
  const find = async () => {
    if (finding) return;
    setFinding(true);
    setFailed(null);
    const found = await findPosition();
    setFinding(false);
    if ('place' in found) change({ place: found.place });
    else setFailed(found.problem);
  };
  const told = failed ? t.placeProblems[failed] : finding ? null : problem;
  return (
    <div class="gate">
      <p class="gate-title">{t.place}</p>
      <Clue clue={gate.clue} />
      <p class="gate-hint">{t.placeWithin(gate.radiusMeters)}</p>
      <button
        type="button"
        class="button button-soft"
        aria-disabled={finding}
        data-testid="gate-locate"
        onClick={() => void find()}
      >
        {finding && <span class="spinner" aria-hidden="true" />}
        {finding ? t.placeFinding : place ? t.placeAgain : t.placeFind}
      </button>
      {told && <GateProblem text={told} />}
      <p class="gate-hint" role="status" data-testid="gate-located">
        {place && !finding
          ? `${t.placeFound(place.accuracyMeters)}${place.accuracyMeters > gate.radiusMeters ? ` ${t.placeRough}` : ''}`
          : t.placeWhy}
      </p>
    </div>
  );
}
