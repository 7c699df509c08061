import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Network = [address: Address, prefix: number];

/** Public by its number, and yet the platform's own door: what a machine of Azure is configured through. */
const PLATFORM = new Set(['168.63.129.16']);
/** All of IPv6 that is assigned to the internet; the rest is special, whatever it is called. */
const GLOBAL_UNICAST: Network = [ipaddr.IPv6.parse('2000::'), 3];
/** IPv6 addresses that stand for IPv4 ones. */
const NAT64: Network = [ipaddr.IPv6.parse('64:ff9b::'), 96];

/**
 * Which addresses the connections of one tool may lead to: public ones, and the private ones that its manifest lists.
 * Private is everything that is not plainly of the internet: loopback, link-local with the metadata services of clouds,
 * private and shared networks, multicast, and every special range.
 */
export class AddressRules {
  readonly #listed: readonly Network[];

  /** @param listed addresses and networks (CIDR) of the manifest. */
  constructor(listed: readonly string[]) {
    this.#listed = listed.map(networkOf);
  }

  /** @param text an address in any notation; what is none is not allowed. */
  allows(text: string): boolean {
    if (!ipaddr.isValid(text)) return false;
    const address = meant(ipaddr.parse(text));
    return isPublic(address) || this.#listed.some((network) => contains(network, address));
  }
}

function networkOf(text: string): Network {
  const [address, prefix] = text.includes('/')
    ? ipaddr.parseCIDR(text)
    : ([ipaddr.parse(text), undefined] satisfies [Address, undefined]);
  const plain = meant(address);
  // What was written as IPv6 and means IPv4 has 96 bits in front that are gone now.
  if (plain.kind() === 'ipv4' && address.kind() === 'ipv6') return [plain, Math.max(8, (prefix ?? 128) - 96)];
  return [plain, prefix ?? (plain.kind() === 'ipv4' ? 32 : 128)];
}

/** The IPv4 address that an IPv6 one stands for, where it does: `::ffff:127.0.0.1` is the loopback. */
function meant(address: Address): Address {
  if (!(address instanceof ipaddr.IPv6)) return address;
  if (address.isIPv4MappedAddress()) return address.toIPv4Address();
  if (address.match(NAT64 as [ipaddr.IPv6, number])) {
    return ipaddr.fromByteArray(address.toByteArray().slice(12));
  }
  return address;
}

function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast') return false;
  if (address instanceof ipaddr.IPv6) return address.match(GLOBAL_UNICAST as [ipaddr.IPv6, number]);
  return !PLATFORM.has(address.toString());
}

function contains([network, prefix]: Network, address: Address): boolean {
  if (network instanceof ipaddr.IPv4) return address instanceof ipaddr.IPv4 && address.match(network, prefix);
  return address instanceof ipaddr.IPv6 && address.match(network, prefix);
}
