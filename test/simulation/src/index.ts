export { main } from './main.js';
export { type SimulationOptions, type SimulationReport, simulate } from './simulation.js';
