import { isIP } from 'node:net';
import { z } from 'zod';

/**
 * One address or a network. A list that takes in everything would be none: a network holds no more than the largest
 * private ones, 10.0.0.0/8 and fc00::/7.
 */
export const PrivateAddress = z
  .string()
  .max(64)
  .refine((given) => isAddress(given) || isNetwork(given), 'must be an address or a network such as 10.1.0.0/16')
  .refine((given) => !isNetwork(given) || isNarrow(given), 'must be no wider than /8, or /7 for IPv6');

const isAddress = (given: string): boolean => isIP(given) !== 0;

function isNetwork(given: string): boolean {
  const [address = '', prefix = '', ...more] = given.split('/');
  return more.length === 0 && isAddress(address) && /^[0-9]{1,3}$/.test(prefix) && Number(prefix) <= bitsOf(address);
}

const isNarrow = (given: string): boolean => {
  const [address = '', prefix = ''] = given.split('/');
  return Number(prefix) >= (isIP(address) === 6 ? 7 : 8);
};

const bitsOf = (address: string): number => (isIP(address) === 6 ? 128 : 32);
