import { Catch, type DynamicModule, type INestMicroservice, type RpcExceptionFilter, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { type Observable, throwError } from 'rxjs';
import { nestLogger, type OperatorLog } from './journal-lines.js';
import type { LogTransport } from './log-transport.js';

/**
 * Hands a handler's fault on as it is. Nest would put "Internal server error" in its place, and with it would go what the
 * log decides by: whether a repetition may help, and whether none ever will.
 */
@Catch()
class FaultPassage implements RpcExceptionFilter<unknown> {
  catch(fault: unknown): Observable<never> {
    return throwError(() => fault);
  }
}

/** A service of these controllers on this transport; it listens once it is told to. */
export async function createService(
  module: Type | DynamicModule,
  transport: LogTransport,
  log: OperatorLog,
): Promise<INestMicroservice> {
  const service = await NestFactory.createMicroservice<MicroserviceOptions>(module, {
    strategy: transport,
    logger: nestLogger(log),
  });
  return service.useGlobalFilters(new FaultPassage());
}
