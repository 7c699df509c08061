export { type MemoryConnection, memoryConnection } from './connection.js';
export { MemoryStore, type MemoryStoreOptions } from './store.js';
export { VirtualTime } from './virtual-time.js';
export { CALM, calmWeather, type Fate, type Operation, type Scheduler, type Weather } from './weather.js';
