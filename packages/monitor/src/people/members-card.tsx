import { accessApi } from '../api/access-api.ts';
import { Ago } from '../words/ago.tsx';
import { exactTime } from '../words/duration.ts';
import { AddComputer } from '../workers/add-computer.tsx';
import styles from './people.module.css';
import { Row } from './row.tsx';
import { useChange, useList } from './use-list.ts';

/** The computers that joined, and the codes with which others may. */
export function MembersCard() {
  const members = useList('members', accessApi.members);
  const codes = useList('codes', accessApi.codes);
  const shutOut = useChange(accessApi.revokeMember);
  const revoke = useChange(accessApi.revokeCode);
  const error = members.error ?? codes.error ?? shutOut.error ?? revoke.error;
  // One that is used up or over is of no interest any more.
  const open = codes.data?.filter(
    (one) => one.revokedAt === null && one.used < one.uses && one.expiresAt > Date.now(),
  );
  return (
    <section className={styles.card} aria-label="Computers">
      <h2>Computers</h2>
      <p>Those that joined with a code, each known by a certificate of its own.</p>
      <ul className={styles.list}>
        {members.data?.map((member) => (
          <Row
            key={member.id}
            name={member.name}
            says={
              <>
                {member.role}, joined <Ago at={member.joinedAt} />
                {member.revokedAt !== null && ', shut out'}
              </>
            }
            end={member.revokedAt === null ? 'Shut out' : null}
            ask="The farm refuses it at once, and the token of its people goes, too. It can join again with a new code."
            onEnd={() => shutOut.mutate(member.id)}
          />
        ))}
      </ul>
      {members.data?.length === 0 && <p>No other computer has joined yet.</p>}
      <h2>Join codes</h2>
      <ul className={styles.list}>
        {open?.map((code) => (
          <Row
            key={code.id}
            name={code.id}
            says={`${code.for}, ${code.used} of ${code.uses} used, until ${exactTime(code.expiresAt)}, made by ${code.createdBy}`}
            end="Revoke"
            ask="Nobody joins with this code any more. Who has joined stays."
            onEnd={() => revoke.mutate(code.id)}
          />
        ))}
      </ul>
      {open?.length === 0 && <p>No code lets anybody in now.</p>}
      {error && <p role="alert">{error.message}</p>}
      <AddComputer />
    </section>
  );
}
