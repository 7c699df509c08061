import { type Fault, OPERATOR, type PublishedEnvelope, SessionBudget, type SessionTerms } from '@voorman/envelope';

/** What terms are made of besides the message itself. */
export interface TermsBasis {
  /** What every session may use up; a message may ask for less. */
  readonly budget: SessionBudget;
  /** The registry's revision that new sessions keep. */
  readonly registry?: string;
  /** Roles that the publisher's people may have. */
  readonly roles: readonly string[];
}

/**
 * Under what a session runs: the stack's budget or less, and a person with a role that the publisher may vouch for. The
 * operator vouches for anybody.
 */
export function termsFor(
  { payload }: PublishedEnvelope,
  publisher: string,
  basis: TermsBasis,
): SessionTerms | { readonly fault: Fault } {
  const asked = SessionBudget.partial()
    .strict()
    .safeParse(payload.budget ?? {});
  if (!asked.success) return { fault: badBudget(asked.error.issues[0]?.path.join('.') ?? '') };
  const { user, user_role: role } = payload;
  for (const [name, value, most] of [
    ['user', user, 256],
    ['user_role', role, 128],
  ] as const) {
    if (value !== undefined && !(typeof value === 'string' && value !== '' && value.length <= most)) {
      return { fault: badName(name, most) };
    }
  }
  if (typeof role === 'string' && publisher !== OPERATOR && !basis.roles.includes(role)) {
    return { fault: roleNotGranted(publisher, role) };
  }
  return {
    ...(typeof user === 'string' ? { user } : {}),
    ...(typeof role === 'string' ? { user_role: role } : {}),
    ...(basis.registry === undefined ? {} : { registry: basis.registry }),
    budget: narrowed(basis.budget, asked.data),
  };
}

/** The smaller limit of each kind; a share is never more than it was. */
export function narrowed(given: SessionBudget, asked: SessionBudget): SessionBudget {
  const { shares: givenShares, ...limits } = given;
  const { shares: askedShares, ...askedLimits } = asked;
  const numbers: { [kind: string]: number } = {};
  for (const [kind, limit] of [...Object.entries(limits), ...Object.entries(askedLimits)]) {
    if (limit !== undefined) numbers[kind] = Math.min(limit, numbers[kind] ?? limit);
  }
  const shares = new Map<string, number>();
  for (const { agent, share } of [...(givenShares ?? []), ...(askedShares ?? [])]) {
    shares.set(agent, Math.min(share, shares.get(agent) ?? share));
  }
  if (shares.size === 0) return numbers;
  return { ...numbers, shares: [...shares].map(([agent, share]) => ({ agent, share })) };
}

/**
 * Why a message does not fit into a session that has its terms already: they stay what they were, so another person, or
 * one with another role, would act under somebody else's.
 */
export function termsConflict({ payload }: PublishedEnvelope, terms: SessionTerms | undefined): Fault | undefined {
  const { user, user_role: role } = payload;
  const differs = (user !== undefined && user !== terms?.user) || (role !== undefined && role !== terms?.user_role);
  if (!differs) return undefined;
  return {
    code: 'inbox/other-user',
    message: 'The session runs for another person, or under another role.',
    next: 'Use a session of its own for every person and role: choose another correlation_id.',
  };
}

const badBudget = (field: string): Fault => ({
  code: 'inbox/invalid-budget',
  message: `The budget of the message is none${field === '' ? '' : `: look at ${field}`}.`,
  next: 'Give any of calls, cost_usd, tokens, seconds, parallel, refusals and shares, as numbers.',
});

const badName = (name: string, most: number): Fault => ({
  code: 'inbox/invalid-user',
  message: `The ${name} of the message is no text of 1 to ${most} characters.`,
  next: 'Leave it out, or name the person that the goal is for.',
});

const roleNotGranted = (publisher: string, role: string): Fault => ({
  code: 'inbox/role-not-granted',
  message: `${publisher} may not say that its people have the role ${role.slice(0, 128)}.`,
  next: 'Ask whoever runs the stack: voorman access NAME --role ROLE.',
});
