import { type DynamicModule, Module } from '@nestjs/common';
import { IntakeHandler } from './intake.handler.js';
import { OrchestratorController } from './orchestrator.controller.js';
import type { ForemanPorts } from './ports.js';
import { QuarantineHandler } from './quarantine.handler.js';
import { SessionHandler } from './session.handler.js';
import { Sessions } from './sessions.js';
import { Tasks } from './tasks.js';

@Module({})
export class OrchestratorModule {
  static on(ports: ForemanPorts): DynamicModule {
    const sessions = new Sessions(ports);
    return {
      module: OrchestratorModule,
      controllers: [OrchestratorController],
      providers: [
        { provide: IntakeHandler, useValue: new IntakeHandler(ports, sessions) },
        { provide: SessionHandler, useValue: new SessionHandler(ports, sessions, new Tasks(ports)) },
        { provide: QuarantineHandler, useValue: new QuarantineHandler(ports) },
      ],
    };
  }
}
