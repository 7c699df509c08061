import { type DynamicModule, Module } from '@nestjs/common';
import { CallHandler } from './call.handler.js';
import type { GatewayPorts } from './ports.js';
import { ToolGatewayController } from './tool-gateway.controller.js';

@Module({})
export class ToolGatewayModule {
  static on(ports: GatewayPorts): DynamicModule {
    return {
      module: ToolGatewayModule,
      controllers: [ToolGatewayController],
      providers: [{ provide: CallHandler, useValue: new CallHandler(ports) }],
    };
  }
}
