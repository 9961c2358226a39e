import type { JSX } from 'preact';
import type { CampaignView, DropView } from '@app/contracts';
import { CopyIcon, PenIcon, TrashIcon } from '../ui/icons.js';
import { DataTable, type Column } from '../ui/data-table.js';
import { DropStateMark } from '../ui/marks.js';
import { useFigures, type Figures } from '../use-figures.js';
import { useWords, type Words } from '../words/index.js';
import { audienceText, dropAmount, extrasOf } from './drop-words.js';

interface DropListProps {
  campaign: CampaignView;
  drops: DropView[];
  mayEdit: boolean;
  isMovable: (drop: DropView) => boolean;
  listName: (audienceId: string) => string | undefined;
  onOpen: (drop: DropView) => void;
  onCopy: (drop: DropView) => void;
  onRemove: (drop: DropView) => void;
}

function Tools({ drop, mayEdit, isMovable, onOpen, onCopy, onRemove }: DropListProps & { drop: DropView }) {
  const words = useWords();
  const { instant } = useFigures();
  const tool = (name: string, Icon: () => JSX.Element, act: (drop: DropView) => void, testId: string) => (
    <button
      type="button"
      class="icon-button"
      aria-label={`${name}: ${instant(drop.opensAt)}`}
      title={name}
      data-testid={testId}
      onClick={() => act(drop)}
    >
      <Icon />
    </button>
  );
  return (
    <span class="row-tools">
      {tool(words.edit, PenIcon, onOpen, 'open-drop')}
      {mayEdit && tool(words.calendar.duplicate, CopyIcon, onCopy, 'copy-drop')}
      {mayEdit && isMovable(drop) && tool(words.remove, TrashIcon, onRemove, 'remove-drop')}
    </span>
  );
}

function columnsOf(props: DropListProps, words: Words, figures: Figures): Column<DropView>[] {
  const { campaign, listName, onOpen } = props;
  const { time, day, money } = figures;
  const said = words.calendar;
  return [
    {
      ...{ key: 'opensAt', head: said.opensAt, isHead: true, sortBy: ({ opensAt }) => opensAt },
      cell: (drop) => (
        <span class="drop-cell">
          <button type="button" class="row-link" onClick={() => onOpen(drop)}>
            {time(drop.opensAt)}
          </button>
          <span class="hint">{day(drop.opensAt)}</span>
          <DropStateMark state={drop.state} />
        </span>
      ),
    },
    {
      ...{ key: 'amount', head: said.packet, number: true, sortBy: dropAmount },
      cell: (drop) => (
        <span class="drop-cell">
          {money(dropAmount(drop), campaign.currency)}
          <span class="hint">
            {said.shares(drop.packet.count)} · {words.drop.kinds[drop.packet.kind]}
          </span>
          <span class="hint">
            {said.mean} {money(Math.floor(drop.packet.amount / drop.packet.count), campaign.currency)}
          </span>
        </span>
      ),
    },
    {
      ...{ key: 'audience', head: said.audience, sortBy: (drop) => audienceText(drop, words, listName) },
      cell: (drop) => (
        <span class="drop-cell">
          {audienceText(drop, words, listName)}
          <span class="hint">{extrasOf(drop, words).join(' · ')}</span>
        </span>
      ),
    },
    { key: 'tools', head: '', cell: (drop) => <Tools {...props} drop={drop} /> },
  ];
}

/** The drops in a table. */
export function DropList(props: DropListProps) {
  const words = useWords();
  const figures = useFigures();
  return (
    <DataTable
      caption={words.calendar.caption}
      columns={columnsOf(props, words, figures)}
      rows={props.drops}
      keyOf={({ dropId }) => dropId}
      sorted={{ key: 'opensAt', down: false }}
      testId="drops"
    />
  );
}
