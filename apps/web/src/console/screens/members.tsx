import { useState } from 'preact/hooks';
import type { TenantMemberView, TenantRole, TenantView } from '@app/contracts';
import { myId } from '../../state/session.js';
import { Avatar } from '../../ui/avatar.js';
import { consoleApi } from '../net/console-api.js';
import { USER_ID } from '../plan/limits.js';
import { BRANDS_PATH, goTo } from '../routes.js';
import { loadTenants } from '../state/tenants.js';
import { useAction } from '../state/use-action.js';
import { useLoad, type Loaded } from '../state/use-load.js';
import { Confirm } from '../ui/confirm.js';
import { DataTable, type Column } from '../ui/data-table.js';
import { SelectField, TextField } from '../ui/fields.js';
import { FormScope, useForm } from '../ui/form.js';
import { TrashIcon } from '../ui/icons.js';
import { Await, FailureNote, GoodNote } from '../ui/notes.js';
import { useWords, type Words } from '../words/index.js';

const ROLES: readonly TenantRole[] = ['owner', 'marketer', 'viewer'];
const roleOptions = (words: Words) => ROLES.map((role) => ({ value: role, text: words.roles[role] }));

function AddMember({ tenantId, onAdded }: { tenantId: string; onAdded: (userId: string) => void }) {
  const words = useWords();
  const [userId, setUserId] = useState('');
  const [role, setRole] = useState<TenantRole>('marketer');
  const action = useAction();
  const typed = userId.trim();
  const problem =
    typed === '' ? words.problems.needed : USER_ID.test(typed) ? null : words.problems.userId(typed);
  const form = useForm(problem ? { userId: problem } : {});
  const submit = async () => {
    if (!form.check()) return;
    const added = await action.run(async () => void (await consoleApi.setMember(tenantId, typed, role)));
    if (!added) return;
    setUserId('');
    form.reset();
    onAdded(typed);
  };
  return (
    <FormScope form={form}>
      <form
        class="card stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <h2>{words.members.add}</h2>
        <TextField
          path="userId"
          kind="mono"
          label={words.members.userId}
          value={userId}
          onChange={setUserId}
        />
        <SelectField
          path="role"
          label={words.members.role}
          value={role}
          options={roleOptions(words)}
          hint={words.rolesMean[role]}
          onChange={(value) => setRole(value as TenantRole)}
        />
        {action.failure && <FailureNote failure={action.failure} />}
        <button type="submit" class="button button-red" disabled={action.working} data-testid="add-member">
          {words.members.submit}
        </button>
      </form>
    </FormScope>
  );
}

interface EditProps {
  setRole: (member: TenantMemberView, role: TenantRole) => void;
  remove: (member: TenantMemberView) => void;
}

function columnsOf(words: Words, edit: EditProps | null): Column<TenantMemberView>[] {
  const said = words.members;
  const me = myId();
  const columns: Column<TenantMemberView>[] = [
    {
      ...{ key: 'name', head: said.name, isHead: true, sortBy: ({ name }) => name },
      cell: ({ userId, name }) => (
        <span class="person-cell">
          <Avatar userId={userId} name={name} /> {name}
          {userId === me && <span class="hint">({said.you})</span>}
        </span>
      ),
    },
    {
      ...{ key: 'userId', head: said.userId, sortBy: ({ userId }) => userId },
      cell: ({ userId }) => <code>{userId}</code>,
    },
    {
      ...{ key: 'role', head: said.role, sortBy: ({ role }) => ROLES.indexOf(role) },
      cell: (member) =>
        edit ? (
          <select
            class="input input-role"
            aria-label={said.roleOf(member.name)}
            data-testid="member-role"
            value={member.role}
            onChange={(event) => {
              const { value } = event.currentTarget;
              // What is shown is what the server says, also when it refuses.
              event.currentTarget.value = member.role;
              edit.setRole(member, value as TenantRole);
            }}
          >
            {roleOptions(words).map(({ value, text }) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
        ) : (
          words.roles[member.role]
        ),
    },
  ];
  if (!edit) return columns;
  const remove: Column<TenantMemberView> = {
    ...{ key: 'remove', head: '' },
    cell: (member) => (
      <button
        type="button"
        class="icon-button"
        aria-label={said.remove(member.name)}
        title={said.remove(member.name)}
        data-testid="remove-member"
        onClick={() => edit.remove(member)}
      >
        <TrashIcon />
      </button>
    ),
  };
  return [...columns, remove];
}

interface MemberTableProps {
  tenant: TenantView;
  members: Loaded<TenantMemberView[]>;
  say: (text: string) => void;
}

function MemberTable({ tenant, members, say }: MemberTableProps) {
  const words = useWords();
  const action = useAction();
  const [removing, setRemoving] = useState<TenantMemberView | null>(null);
  const { tenantId } = tenant;
  const setRole = (member: TenantMemberView, role: TenantRole) =>
    void action.run(async () => {
      await consoleApi.setMember(tenantId, member.userId, role);
      say(words.members.changed(member.name, words.roles[role]));
      await (member.userId === myId() ? Promise.all([members.reload(), loadTenants()]) : members.reload());
    });
  const removeNow = async ({ userId, name }: TenantMemberView) => {
    await consoleApi.removeMember(tenantId, userId);
    say(words.members.removed(name));
    if (userId !== myId()) return members.reload();
    await loadTenants();
    goTo(BRANDS_PATH);
  };
  const edit = tenant.role === 'owner' ? { setRole, remove: setRemoving } : null;
  return (
    <>
      {action.failure && <FailureNote failure={action.failure} />}
      <Await of={members}>
        {(rows) => (
          <div class="card card-table">
            <DataTable
              caption={words.members.caption}
              columns={columnsOf(words, edit)}
              rows={rows}
              keyOf={({ userId }) => userId}
              testId="members"
            />
          </div>
        )}
      </Await>
      {removing && (
        <Confirm
          title={words.members.removeHeading(removing.name)}
          submit={words.remove}
          act={() => removeNow(removing)}
          onClose={() => setRemoving(null)}
        >
          {words.members.removeText}
        </Confirm>
      )}
    </>
  );
}

/** Who belongs to the brand; owners change it. */
export function Members({ tenant }: { tenant: TenantView }) {
  const words = useWords();
  const [said, say] = useState<string | null>(null);
  const { tenantId } = tenant;
  const members = useLoad(`members ${tenantId}`, () => consoleApi.members(tenantId));
  return (
    <>
      <header class="page-head">
        <div>
          <h1>{words.members.heading}</h1>
          <p class="hint">{words.members.intro}</p>
        </div>
      </header>
      {said && <GoodNote testId="members-said">{said}</GoodNote>}
      <div class={tenant.role === 'owner' ? 'with-side' : 'stack'}>
        <div class="stack">
          <MemberTable tenant={tenant} members={members} say={say} />
          <dl class="roles">
            {ROLES.map((role) => (
              <div key={role}>
                <dt>{words.roles[role]}</dt>
                <dd class="hint">{words.rolesMean[role]}</dd>
              </div>
            ))}
          </dl>
        </div>
        {tenant.role === 'owner' ? (
          <AddMember
            tenantId={tenantId}
            onAdded={(userId) => {
              say(words.members.added(userId));
              void members.reload();
            }}
          />
        ) : (
          <p class="hint">{words.members.onlyOwners}</p>
        )}
      </div>
    </>
  );
}
