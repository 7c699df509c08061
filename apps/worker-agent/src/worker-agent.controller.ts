import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { Wake } from '@voorman/service';
import { TaskHandler } from './task.handler.js';

/** Which record types wake the bot. */
@Controller()
export class WorkerAgentController {
  constructor(@Inject(TaskHandler) private readonly tasks: TaskHandler) {}

  @EventPattern('task-requested')
  taskRequested(@Payload() { record, delivery }: Wake<'task-requested'>): Promise<void> {
    return this.tasks.woken(record, delivery);
  }

  @EventPattern('tool-finished')
  toolFinished(@Payload() { record, delivery }: Wake<'tool-finished'>): Promise<void> {
    return this.tasks.woken(record, delivery);
  }

  @EventPattern('tool-refused')
  toolRefused(@Payload() { record, delivery }: Wake<'tool-refused'>): Promise<void> {
    return this.tasks.woken(record, delivery);
  }

  @EventPattern('tool-in-doubt')
  toolInDoubt(@Payload() { record, delivery }: Wake<'tool-in-doubt'>): Promise<void> {
    return this.tasks.woken(record, delivery);
  }

  @EventPattern('task-expired')
  taskExpired(@Payload() { record, delivery }: Wake<'task-expired'>): Promise<void> {
    return this.tasks.woken(record, delivery);
  }

  @EventPattern('task-cancelled')
  taskCancelled(@Payload() { record, delivery }: Wake<'task-cancelled'>): Promise<void> {
    return this.tasks.woken(record, delivery);
  }
}
