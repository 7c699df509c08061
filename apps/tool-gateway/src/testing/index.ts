export { obliging } from './policies.js';
export {
  allowing,
  type Deed,
  decision,
  GatewaySession,
  manifest,
  output,
  passing,
} from './session.js';
