import { BrowserCard } from './browser-card.tsx';
import { MembersCard } from './members-card.tsx';
import styles from './people.module.css';
import { TokensCard } from './tokens-card.tsx';
import { WebhooksCard } from './webhooks-card.tsx';

/** Who may do what, which computers belong to the farm, and who is told what happens. */
export function PeoplePage() {
  return (
    <>
      <div className={styles.head}>
        <h1>People</h1>
        <p>Tokens, computers and webhooks are shown to admins only.</p>
      </div>
      <div className={styles.page}>
        <TokensCard />
        <MembersCard />
        <WebhooksCard />
        <BrowserCard />
      </div>
    </>
  );
}
