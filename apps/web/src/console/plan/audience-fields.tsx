import { useId, useState } from 'preact/hooks';
import type { AudienceView, RoomView } from '@app/contracts';
import { Choice } from '../ui/choice.js';
import { SelectField, TextField } from '../ui/fields.js';
import { ListUpload } from '../ui/list-upload.js';
import { useFigures } from '../use-figures.js';
import { useWords } from '../words/index.js';
import type { AudienceKind, DropDraft } from './drop-draft.js';
import { SegmentFields } from './segment-fields.js';

const KINDS: readonly AudienceKind[] = ['everyone', 'room', 'list', 'segment'];

/** What a drop's form needs to know of the brand. */
export interface DropChoices {
  tenantId: string;
  lists: AudienceView[];
  rooms: RoomView[];
  covers: { value: string; text: string }[];
  reloadLists: () => Promise<void>;
}

interface ListFieldProps {
  path: string;
  value: string;
  onChange: (audienceId: string) => void;
  choices: DropChoices;
}

/** One of the brand's lists, or a new one on the spot. */
export function ListField({ path, value, onChange, choices }: ListFieldProps) {
  const words = useWords().drop;
  const { count } = useFigures();
  const [uploading, setUploading] = useState(false);
  const { lists, tenantId, reloadLists } = choices;
  const isUnknown = value !== '' && !lists.some(({ audienceId }) => audienceId === value);
  const options = [
    { value: '', text: words.chooseList },
    ...(isUnknown ? [{ value, text: words.unknownList }] : []),
    ...lists.map((list) => ({ value: list.audienceId, text: words.listOf(list.name, count(list.count)) })),
  ];
  return (
    <>
      <SelectField path={path} label={words.list} value={value} options={options} onChange={onChange} />
      <details class="more" open={uploading} onToggle={(event) => setUploading(event.currentTarget.open)}>
        <summary data-testid="upload-here">{words.uploadList}</summary>
        {uploading && (
          <ListUpload
            tenantId={tenantId}
            onDone={(audienceId) => {
              onChange(audienceId);
              void reloadLists();
            }}
          />
        )}
      </details>
    </>
  );
}

function RoomField({ draft, setAudience, rooms }: AudienceProps & { rooms: RoomView[] }) {
  const words = useWords().drop;
  const listId = useId();
  return (
    <>
      <TextField
        path="audience.roomId"
        kind="mono"
        label={words.roomId}
        hint={words.roomIdHint}
        list={listId}
        value={draft.audience.roomId}
        onChange={(roomId) => setAudience({ roomId })}
      />
      <datalist id={listId}>
        {rooms.map(({ roomId, name }) => (
          <option key={roomId} value={roomId}>
            {name}
          </option>
        ))}
      </datalist>
    </>
  );
}

interface AudienceProps {
  draft: DropDraft;
  setAudience: (part: Partial<DropDraft['audience']>) => void;
}

export function AudienceFields({ draft, setAudience, choices }: AudienceProps & { choices: DropChoices }) {
  const words = useWords().drop;
  const { audience } = draft;
  return (
    <div class="stack">
      <Choice
        legend={words.who}
        name="audience"
        value={audience.kind}
        options={KINDS.map((kind) => ({
          value: kind,
          text: words.audienceKinds[kind],
          hint: words.audienceHints[kind],
        }))}
        onChange={(kind) => setAudience({ kind })}
      />
      {audience.kind === 'room' && (
        <RoomField draft={draft} setAudience={setAudience} rooms={choices.rooms} />
      )}
      {audience.kind === 'list' && (
        <ListField
          path="audience.audienceId"
          value={audience.audienceId}
          choices={choices}
          onChange={(audienceId) => setAudience({ audienceId })}
        />
      )}
      {audience.kind === 'segment' && (
        <SegmentFields
          path="audience.segment"
          draft={audience.segment}
          change={(segment) => setAudience({ segment })}
        />
      )}
    </div>
  );
}
