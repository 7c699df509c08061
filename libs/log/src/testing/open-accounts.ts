interface Accounts {
  [account: string]: {
    users?: { permissions?: unknown }[];
    imports?: unknown[];
    exports?: unknown[];
  };
}

/**
 * The same accounts with every permission and every way into the store left open: shows that an attack which the real
 * ones refuse is an attack.
 */
export function openAccounts(accounts: string): string {
  const opened = parseAccounts(accounts);
  const everywhere = ['APP', 'EXT'];
  const subjects = ['log.*.*.*.*.*', 'timer.set.>', '$O.>', 'inbox.*.*.*', '$JS.ACK.>'];
  for (const [name, account] of Object.entries(opened)) {
    if (name === 'STORE') {
      account.exports = [
        ...subjects.map((subject) => ({ service: subject, accounts: everywhere })),
        { service: '$JS.API.>', response: 'stream', accounts: everywhere },
      ];
    }
    if (!everywhere.includes(name)) continue;
    account.imports = [
      ...subjects.map((subject) => ({ service: { account: 'STORE', subject } })),
      { service: { account: 'STORE', subject: '$JS.API.>' }, to: 'store.api.>' },
    ];
    for (const user of account.users ?? []) user.permissions = { publish: ['>'], subscribe: ['>'] };
  }
  return writeAccounts(opened);
}

/**
 * The same users with the same permissions, but in the account that owns the streams: how it must not be.
 */
export function sharedAccount(accounts: string): string {
  const { STORE, APP, EXT, SYS } = parseAccounts(accounts);
  const users = [STORE, APP, EXT].flatMap((account) => account?.users ?? []);
  const shared = JSON.stringify({ STORE: { jetstream: 'enabled', users }, SYS });
  // Without the exports between them, the store's own subjects stand where their prefix stood.
  return writeAccounts(JSON.parse(shared.replaceAll('store.api.', '$JS.API.')) as Accounts);
}

const HEAD = 'accounts: ';
const TAIL = '\nsystem_account: "SYS"\n';

const parseAccounts = (text: string): Accounts =>
  JSON.parse(text.slice(HEAD.length, text.length - TAIL.length)) as Accounts;
const writeAccounts = (accounts: Accounts): string => `${HEAD}${JSON.stringify(accounts)}${TAIL}`;
