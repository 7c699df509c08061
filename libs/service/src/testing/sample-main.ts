import { runService } from '../run-service.js';
import { sampleModule, slowEars } from './sample-service.js';

await runService(async () => ({
  module: sampleModule(slowEars),
  health: () => ({ ok: true, detail: { sample: 1 } }),
}));
