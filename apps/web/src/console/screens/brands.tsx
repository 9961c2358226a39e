import { useState } from 'preact/hooks';
import type { TenantView } from '@app/contracts';
import { sessionStore } from '../../state/session.js';
import { useStore } from '../../state/store.js';
import { Avatar } from '../../ui/avatar.js';
import { consoleApi } from '../net/console-api.js';
import { Checker } from '../plan/check-value.js';
import { LIMITS } from '../plan/limits.js';
import { goTo, tenantPath } from '../routes.js';
import { Shell } from '../shell.js';
import { lastTenantId, loadTenants, useTenants } from '../state/tenants.js';
import { useAction } from '../state/use-action.js';
import { CopyField } from '../../ui/copy-field.js';
import { TextField } from '../ui/fields.js';
import { FormScope, useForm } from '../ui/form.js';
import { Link } from '../ui/link.js';
import { FailureNote, Loading } from '../ui/notes.js';
import { useWords } from '../words/index.js';

function CreateBrand() {
  const words = useWords();
  const [name, setName] = useState('');
  const action = useAction();
  const checker = new Checker({ say: words.problems, currency: 'CNY', money: String });
  checker.text('name', name, LIMITS.nameChars, { needed: true });
  const form = useForm(checker.problems);
  const submit = async () => {
    if (!form.check()) return;
    await action.run(async () => {
      const { tenantId } = await consoleApi.createTenant(name.trim());
      await loadTenants();
      goTo(tenantPath(tenantId));
    });
  };
  return (
    <FormScope form={form}>
      <form
        class="card stack brand-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <h2>{words.brands.create}</h2>
        <TextField
          path="name"
          label={words.brands.name}
          placeholder={words.brands.placeholder}
          value={name}
          onChange={setName}
        />
        {action.failure && <FailureNote failure={action.failure} />}
        <button type="submit" class="button button-red" disabled={action.working} data-testid="create-brand">
          {words.brands.submit}
        </button>
      </form>
    </FormScope>
  );
}

function BrandCard({ tenant, isLast }: { tenant: TenantView; isLast: boolean }) {
  const words = useWords();
  return (
    <li>
      <Link to={tenantPath(tenant.tenantId)} class="brand-card" testId="brand">
        <Avatar userId={tenant.tenantId} name={tenant.name} large />
        <span class="brand-card-text">
          <span class="brand-name">{tenant.name}</span>
          <span class="hint">
            {words.roles[tenant.role]}
            {isLast && ` · ${words.brands.last}`}
          </span>
        </span>
      </Link>
    </li>
  );
}

/** Choose a brand, or make one. */
export function Brands() {
  const words = useWords();
  const { list, failed } = useTenants();
  const userId = useStore(sessionStore, ({ session }) => session?.userId ?? '');
  const last = lastTenantId();
  const sorted = [...(list ?? [])].sort((a, b) => Number(b.tenantId === last) - Number(a.tenantId === last));
  return (
    <Shell tenantId={null}>
      <header class="page-head">
        <div>
          <h1>{words.brands.heading}</h1>
          <p class="hint">{words.brands.intro}</p>
        </div>
      </header>
      {list === null && failed === null && <Loading />}
      {list === null && failed !== null && <p class="note note-bad">{words.errors[failed]}</p>}
      {list !== null && (
        <div class="brands">
          {list.length === 0 ? (
            <p class="note">{words.brands.none}</p>
          ) : (
            <ul class="brand-list">
              {sorted.map((tenant) => (
                <BrandCard key={tenant.tenantId} tenant={tenant} isLast={tenant.tenantId === last} />
              ))}
            </ul>
          )}
          <div class="stack">
            <CreateBrand />
            <CopyField label={words.brands.yourId} value={userId} words={words.keys} />
          </div>
        </div>
      )}
    </Shell>
  );
}
