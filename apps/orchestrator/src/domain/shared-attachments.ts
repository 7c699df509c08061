import type { Attachment, PublishedEnvelope } from '@voorman/envelope';
import type { AgentCard } from './planner.js';
import type { Session } from './session-state.js';

/** Whether a task brings nothing along although it may be about something that its session already has. */
export function looksForAttachments(envelope: PublishedEnvelope, cards: readonly AgentCard[]): boolean {
  if ((envelope.payload.attachments ?? []).length > 0) return false;
  const card = cards.find((each) => each.name === envelope.target_agent);
  // A goal for the foreman may be for any bot; a bot says itself whether it can work without attachments.
  return card === undefined || card.capabilities.some((capability) => capability.attachments?.required === true);
}

/** What a publisher attached earlier in the session; of two with one name, the later. Others' attachments are not shared. */
export function sharedAttachments(session: Session, publisher: string): Attachment[] {
  const byName = new Map<string, Attachment>();
  const own = [...session.roots.values()].filter((root) => root.publisher === publisher);
  for (const root of own.sort((a, b) => a.requestedAtMs - b.requestedAtMs))
    for (const attachment of root.request.attachments ?? []) byName.set(attachment.name, attachment);
  return [...byName.values()].slice(-MOST);
}

/** As many as one envelope may carry. */
const MOST = 50;
