import { type DynamicModule, Module } from '@nestjs/common';
import { TaskHandler, type WorkerPorts } from './task.handler.js';
import { WorkerAgentController } from './worker-agent.controller.js';

@Module({})
export class WorkerAgentModule {
  static on(ports: WorkerPorts): DynamicModule {
    return {
      module: WorkerAgentModule,
      controllers: [WorkerAgentController],
      providers: [{ provide: TaskHandler, useValue: new TaskHandler(ports) }],
    };
  }
}
