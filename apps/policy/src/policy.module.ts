import { type DynamicModule, Module } from '@nestjs/common';
import { BundleKeeper } from './bundle-keeper.js';

/** No record wakes this service yet: the folders do, so there is nothing to route. */
@Module({})
export class PolicyModule {
  static on(keeper: BundleKeeper): DynamicModule {
    return { module: PolicyModule, providers: [{ provide: BundleKeeper, useValue: keeper }] };
  }
}
