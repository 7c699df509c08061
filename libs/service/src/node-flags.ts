/**
 * How Node is started for a service. Under load its young generation grows to this size and shrinks again, over and over,
 * and each time hands pages back to the kernel: kept at 16 MiB, a bot spends a sixth less on its calls.
 */
export const NODE_FLAGS: readonly string[] = ['--min-semi-space-size=16'];
