import { useState } from 'preact/hooks';
import type { TenantKeyMade, TenantKeyView, TenantView } from '@app/contracts';
import { consoleApi } from '../net/console-api.js';
import { useAction } from '../state/use-action.js';
import { useLoad } from '../state/use-load.js';
import { Confirm } from '../ui/confirm.js';
import { CopyField } from '../../ui/copy-field.js';
import { DataTable, type Column } from '../ui/data-table.js';
import { Modal } from '../ui/modal.js';
import { Await, Empty, FailureNote } from '../ui/notes.js';
import { useFigures, type Figures } from '../use-figures.js';
import { useWords, type Words } from '../words/index.js';

function columnsOf(
  words: Words,
  { instant }: Figures,
  revoke: (key: TenantKeyView) => void,
): Column<TenantKeyView>[] {
  const said = words.keys;
  return [
    { ...{ key: 'id', head: said.id, isHead: true }, cell: ({ keyId }) => <code>{keyId}</code> },
    {
      ...{ key: 'createdAt', head: said.createdAt, sortBy: ({ createdAt }) => createdAt },
      cell: ({ createdAt }) => instant(createdAt),
    },
    {
      ...{ key: 'state', head: said.state, sortBy: ({ revokedAt }) => Number(revokedAt !== undefined) },
      cell: ({ revokedAt }) => (
        <span class={`state ${revokedAt ? 'state-cancelled' : 'state-running'}`}>
          {revokedAt ? said.revoked : said.active}
        </span>
      ),
    },
    {
      ...{ key: 'revoke', head: '' },
      cell: (key) =>
        key.revokedAt ? null : (
          <button type="button" class="link-button" data-testid="revoke-key" onClick={() => revoke(key)}>
            {said.revoke}
          </button>
        ),
    },
  ];
}

function NewKey({ made, onClose }: { made: TenantKeyMade; onClose: () => void }) {
  const words = useWords().keys;
  return (
    <Modal
      title={words.newHeading}
      onClose={onClose}
      testId="new-key"
      foot={
        <button type="button" class="button button-red" data-testid="key-kept" onClick={onClose}>
          {words.kept}
        </button>
      }
    >
      <div class="stack">
        <p>{words.newText}</p>
        <CopyField label={words.id} value={made.keyId} words={words} />
        <CopyField label={words.secret} value={made.secret} testId="key-secret" words={words} />
      </div>
    </Modal>
  );
}

function OwnersKeys({ tenantId }: { tenantId: string }) {
  const words = useWords();
  const figures = useFigures();
  const keys = useLoad(`keys ${tenantId}`, () => consoleApi.keys(tenantId));
  const action = useAction();
  const [made, setMade] = useState<TenantKeyMade | null>(null);
  const [revoking, setRevoking] = useState<TenantKeyView | null>(null);
  const create = () =>
    void action.run(async () => {
      setMade(await consoleApi.createKey(tenantId));
      await keys.reload();
    });
  return (
    <>
      {action.failure && <FailureNote failure={action.failure} leftOver={action.failure.issues} />}
      <div>
        <button
          type="button"
          class="button button-red"
          disabled={action.working}
          data-testid="create-key"
          onClick={create}
        >
          {action.working ? words.keys.working : words.keys.create}
        </button>
      </div>
      <Await of={keys}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty title={words.keys.none}>
              <p>{words.keys.intro}</p>
            </Empty>
          ) : (
            <div class="card card-table">
              <DataTable
                caption={words.keys.caption}
                columns={columnsOf(words, figures, setRevoking)}
                rows={rows}
                keyOf={({ keyId }) => keyId}
                testId="keys"
              />
            </div>
          )
        }
      </Await>
      {made && <NewKey made={made} onClose={() => setMade(null)} />}
      {revoking && (
        <Confirm
          title={words.keys.revokeHeading}
          submit={words.keys.revoke}
          act={async () => {
            await consoleApi.revokeKey(tenantId, revoking.keyId);
            await keys.reload();
          }}
          onClose={() => setRevoking(null)}
        >
          {words.keys.revokeText(revoking.keyId.slice(0, 8))}
        </Confirm>
      )}
    </>
  );
}

/** Keys with which the host app's server signs; owners only. */
export function Keys({ tenant }: { tenant: TenantView }) {
  const words = useWords().keys;
  return (
    <>
      <header class="page-head">
        <div>
          <h1>{words.heading}</h1>
          <p class="hint">{words.intro}</p>
        </div>
      </header>
      {tenant.role === 'owner' ? (
        <div class="stack">
          <OwnersKeys tenantId={tenant.tenantId} />
        </div>
      ) : (
        <p class="note">{words.onlyOwners}</p>
      )}
    </>
  );
}
