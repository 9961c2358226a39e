import { useState } from 'preact/hooks';
import { PlusIcon } from '../../ui/icons.js';
import { AreaField, SelectField, TextField } from '../ui/fields.js';
import { TrashIcon } from '../ui/icons.js';
import { useWords } from '../words/index.js';
import type { DropChoices } from './audience-fields.js';
import type { DropDraft } from './drop-draft.js';
import { GATE_KINDS, newGate, type GateDraft } from './gate-draft.js';
import { LIMITS } from './limits.js';
import { QuizFields } from './quiz-fields.js';

interface GateProps<G extends GateDraft> {
  path: string;
  gate: G;
  change: (gate: G) => void;
}

function PasswordFields({ path, gate, change }: GateProps<Extract<GateDraft, { kind: 'password' }>>) {
  const words = useWords().drop.gates;
  return (
    <>
      <TextField
        path={`${path}.phrase`}
        label={words.phrase}
        hint={words.phraseHint}
        value={gate.phrase}
        onChange={(phrase) => change({ ...gate, phrase })}
      />
      <div class="field-grid">
        <TextField
          path={`${path}.hint`}
          label={words.hint2}
          value={gate.hint}
          onChange={(hint) => change({ ...gate, hint })}
        />
        <TextField
          path={`${path}.triesMax`}
          kind="whole"
          label={words.triesMax}
          hint={words.triesHint}
          value={gate.triesMax}
          onChange={(triesMax) => change({ ...gate, triesMax })}
        />
      </div>
    </>
  );
}

const DIGITS = 6;

function Locate({ found }: { found: (lat: string, lng: string) => void }) {
  const words = useWords().drop.gates;
  const [state, setState] = useState<'idle' | 'looking' | 'failed'>('idle');
  const look = () => {
    setState('looking');
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        setState('idle');
        found(coords.latitude.toFixed(DIGITS), coords.longitude.toFixed(DIGITS));
      },
      () => setState('failed'),
      { enableHighAccuracy: true, timeout: 10_000 },
    );
  };
  if (!('geolocation' in navigator)) return null;
  return (
    <p class="hint" role="status">
      <button type="button" class="link-button" disabled={state === 'looking'} onClick={look}>
        {state === 'looking' ? words.locating : words.here}
      </button>
      {state === 'failed' && words.notLocated}
    </p>
  );
}

function PlaceFields(props: GateProps<Extract<GateDraft, { kind: 'place' }>> & { choices: DropChoices }) {
  const { path, gate, change, choices } = props;
  const words = useWords().drop.gates;
  const number = (name: 'lat' | 'lng' | 'radiusMeters', label: string, hint?: string) => (
    <TextField
      path={`${path}.${name}`}
      kind="number"
      label={label}
      {...(hint ? { hint } : {})}
      value={gate[name]}
      onChange={(typed) => change({ ...gate, [name]: typed })}
    />
  );
  return (
    <>
      <div class="field-grid field-grid-3">
        {number('lat', words.lat)}
        {number('lng', words.lng)}
        {number('radiusMeters', words.radius)}
      </div>
      <p class="hint">{words.radiusHint}</p>
      <Locate found={(lat, lng) => change({ ...gate, lat, lng })} />
      <div class="field-grid">
        <TextField
          path={`${path}.clue`}
          label={words.clue}
          value={gate.clueText}
          onChange={(clueText) => change({ ...gate, clueText })}
        />
        <SelectField
          path={`${path}.clue.coverId`}
          label={words.clueCover}
          value={gate.clueCoverId}
          options={[{ value: '', text: words.noPicture }, ...choices.covers]}
          onChange={(clueCoverId) => change({ ...gate, clueCoverId })}
        />
      </div>
    </>
  );
}

function GateFields({ path, gate, change, choices }: GateProps<GateDraft> & { choices: DropChoices }) {
  const words = useWords().drop.gates;
  switch (gate.kind) {
    case 'password':
      return <PasswordFields {...{ path, gate, change }} />;
    case 'quiz':
      return <QuizFields {...{ path, gate, change }} />;
    case 'place':
      return <PlaceFields {...{ path, gate, change, choices }} />;
    case 'members':
      return (
        <AreaField
          path={`${path}.userIds`}
          label={words.userIds}
          hint={words.userIdsHint}
          value={gate.userIds}
          onChange={(userIds) => change({ ...gate, userIds })}
        />
      );
    case 'task':
      return (
        <div class="field-grid">
          <TextField
            path={`${path}.taskId`}
            kind="mono"
            label={words.taskId}
            hint={words.taskIdHint}
            value={gate.taskId}
            onChange={(taskId) => change({ ...gate, taskId })}
          />
          <TextField
            path={`${path}.title`}
            label={words.title}
            value={gate.title}
            onChange={(title) => change({ ...gate, title })}
          />
        </div>
      );
  }
}

interface GatesProps {
  draft: DropDraft;
  change: (part: Partial<DropDraft>) => void;
  choices: DropChoices;
}

/** The conditions of a drop; all must be met. */
export function GatesFields({ draft, change, choices }: GatesProps) {
  const words = useWords().drop.gates;
  const { gates } = draft;
  const set = (next: GateDraft[]) => change({ gates: next });
  return (
    <div class="stack">
      <p class="hint">{gates.length === 0 ? words.none : words.hint}</p>
      {gates.map((gate, n) => (
        <fieldset key={n} class="sub stack" data-testid={`gate-${n}`}>
          <legend>{words.kinds[gate.kind]}</legend>
          <div class="sub-tools">
            <button
              type="button"
              class="icon-button"
              aria-label={words.remove(words.kinds[gate.kind])}
              title={words.remove(words.kinds[gate.kind])}
              onClick={() => set(gates.filter((_, at) => at !== n))}
            >
              <TrashIcon />
            </button>
          </div>
          <GateFields
            path={`gates.${n}`}
            gate={gate}
            choices={choices}
            change={(next) => set(gates.map((one, at) => (at === n ? next : one)))}
          />
        </fieldset>
      ))}
      {gates.length < LIMITS.gates && (
        <div class="add-gates" role="group" aria-label={words.add}>
          {GATE_KINDS.map((kind) => (
            <button
              key={kind}
              type="button"
              class="chip"
              title={words.kindHints[kind]}
              data-testid={`add-gate-${kind}`}
              onClick={() => set([...gates, newGate(kind)])}
            >
              <PlusIcon /> {words.kinds[kind]}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
