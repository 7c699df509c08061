import { setTimeout as pause } from 'node:timers/promises';
import { Controller, type DynamicModule, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { DueTimer, InboxMessage } from '@voorman/log';
import {
  INBOX_GIVEN_UP,
  INBOX_MESSAGE,
  type Quarantine,
  TIMER_DUE,
  TIMER_GIVEN_UP,
  type Wake,
} from '../log-transport.js';

/** What a sample service does with what it hears. */
export interface Ears {
  taskRequested?(wake: Wake<'task-requested'>): Promise<void> | void;
  timerDue?(due: DueTimer): Promise<void> | void;
  timerGivenUp?(given: Quarantine<DueTimer>): Promise<void> | void;
  inboxMessage?(message: InboxMessage): Promise<void> | void;
  inboxGivenUp?(given: Quarantine<InboxMessage>): Promise<void> | void;
}
const EARS = 'EARS';

@Controller()
export class TaskController {
  constructor(@Inject(EARS) private readonly ears: Ears) {}

  @EventPattern('task-requested')
  async taskRequested(@Payload() wake: Wake<'task-requested'>): Promise<void> {
    await this.ears.taskRequested?.(wake);
  }
}

@Controller()
export class TimerController {
  constructor(@Inject(EARS) private readonly ears: Ears) {}

  @EventPattern(TIMER_DUE)
  async timerDue(@Payload() due: DueTimer): Promise<void> {
    await this.ears.timerDue?.(due);
  }

  @EventPattern(TIMER_GIVEN_UP)
  async timerGivenUp(@Payload() given: Quarantine<DueTimer>): Promise<void> {
    await this.ears.timerGivenUp?.(given);
  }
}

@Controller()
export class InboxController {
  constructor(@Inject(EARS) private readonly ears: Ears) {}

  @EventPattern(INBOX_MESSAGE)
  async inboxMessage(@Payload() message: InboxMessage): Promise<void> {
    await this.ears.inboxMessage?.(message);
  }

  @EventPattern(INBOX_GIVEN_UP)
  async inboxGivenUp(@Payload() given: Quarantine<InboxMessage>): Promise<void> {
    await this.ears.inboxGivenUp?.(given);
  }
}

class SampleModule {}

/** A small service, wired as every service is: only what it has ears for is followed. */
export const sampleModule = (ears: Ears): DynamicModule => ({
  module: SampleModule,
  controllers: [
    TaskController,
    ...(ears.timerDue ? [TimerController] : []),
    ...(ears.inboxMessage ? [InboxController] : []),
  ],
  providers: [{ provide: EARS, useValue: ears }],
});

/** Says on standard error when it begins and ends with a task, which takes as many milliseconds as its goal says. */
export const slowEars: Ears = {
  async taskRequested({ record }) {
    process.stderr.write('begun\n');
    await pause(Number(record.payload.goal));
    process.stderr.write('ended\n');
  },
};
