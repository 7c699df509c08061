import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { Wake } from '@voorman/service';
import { CallHandler } from './call.handler.js';

/** Which record types wake the gateway. */
@Controller()
export class ToolGatewayController {
  constructor(@Inject(CallHandler) private readonly calls: CallHandler) {}

  @EventPattern('tool-requested')
  toolRequested(@Payload() { record, delivery }: Wake<'tool-requested'>): Promise<void> {
    return this.calls.toolRequested(record, delivery);
  }

  @EventPattern('approval-given')
  approvalGiven(@Payload() { record, delivery }: Wake<'approval-given'>): Promise<void> {
    return this.calls.approvalGiven(record, delivery);
  }

  @EventPattern('settlement-requested')
  settlementRequested(@Payload() { record }: Wake<'settlement-requested'>): Promise<void> {
    return this.calls.settlementRequested(record);
  }

  @EventPattern('session-cancelled')
  sessionCancelled(@Payload() { record }: Wake<'session-cancelled'>): Promise<void> {
    return this.calls.sessionCancelled(record);
  }
}
