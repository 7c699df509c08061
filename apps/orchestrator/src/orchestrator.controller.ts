import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { DueTimer, InboxMessage } from '@voorman/log';
import { INBOX_GIVEN_UP, INBOX_MESSAGE, type Quarantine, TIMER_DUE, TIMER_GIVEN_UP, type Wake } from '@voorman/service';
import { IntakeHandler } from './intake.handler.js';
import { QuarantineHandler } from './quarantine.handler.js';
import { SessionHandler } from './session.handler.js';

/** Which record types wake which handler. */
@Controller()
export class OrchestratorController {
  constructor(
    @Inject(IntakeHandler) private readonly intake: IntakeHandler,
    @Inject(SessionHandler) private readonly sessions: SessionHandler,
    @Inject(QuarantineHandler) private readonly quarantine: QuarantineHandler,
  ) {}

  @EventPattern(INBOX_MESSAGE)
  received(@Payload() message: InboxMessage): Promise<void> {
    return this.intake.received(message);
  }

  @EventPattern('task-requested')
  goalRequested(@Payload() { record, delivery }: Wake<'task-requested'>): Promise<void> {
    return this.sessions.goalRequested(record, delivery);
  }

  @EventPattern('task-completed')
  taskCompleted(@Payload() { record, delivery }: Wake<'task-completed'>): Promise<void> {
    return this.sessions.taskEnded(record, delivery);
  }

  @EventPattern('task-failed')
  taskFailed(@Payload() { record, delivery }: Wake<'task-failed'>): Promise<void> {
    return this.sessions.taskEnded(record, delivery);
  }

  @EventPattern('cancel-requested')
  cancelRequested(@Payload() { record }: Wake<'cancel-requested'>): Promise<void> {
    return this.sessions.cancelRequested(record);
  }

  @EventPattern(TIMER_DUE)
  timerDue(@Payload() due: DueTimer): Promise<void> {
    return this.sessions.timerDue(due);
  }

  @EventPattern(INBOX_GIVEN_UP)
  messageGivenUp(@Payload() { item, why }: Quarantine<InboxMessage>): Promise<void> {
    return this.quarantine.messageGivenUp(item, why);
  }

  @EventPattern(TIMER_GIVEN_UP)
  timerGivenUp(@Payload() { item, why }: Quarantine<DueTimer>): Promise<void> {
    return this.quarantine.timerGivenUp(item, why);
  }
}
