import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { Wake } from '@voorman/service';
import { TaskHandler } from './task.handler.js';

/** Which record types wake the bot. */
@Controller()
export class WorkerAgentController {
  constructor(@Inject(TaskHandler) private readonly tasks: TaskHandler) {}

  @EventPattern('task-requested')
  taskRequested(@Payload() { record }: Wake<'task-requested'>): Promise<void> {
    return this.tasks.woken(record);
  }

  @EventPattern('tool-finished')
  toolFinished(@Payload() { record }: Wake<'tool-finished'>): Promise<void> {
    return this.tasks.woken(record);
  }

  @EventPattern('tool-refused')
  toolRefused(@Payload() { record }: Wake<'tool-refused'>): Promise<void> {
    return this.tasks.woken(record);
  }

  @EventPattern('tool-in-doubt')
  toolInDoubt(@Payload() { record }: Wake<'tool-in-doubt'>): Promise<void> {
    return this.tasks.woken(record);
  }

  @EventPattern('task-expired')
  taskExpired(@Payload() { record }: Wake<'task-expired'>): Promise<void> {
    return this.tasks.woken(record);
  }

  @EventPattern('task-cancelled')
  taskCancelled(@Payload() { record }: Wake<'task-cancelled'>): Promise<void> {
    return this.tasks.woken(record);
  }
}
