import { engineContract } from '../testing/engine.contract.js';
import { WasmPolicyEngine } from './wasm-policy-engine.js';

engineContract('this process', (bundle, onFault) => WasmPolicyEngine.load(bundle, { onFault }));
