import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { AddressRules } from './addresses.js';

const nothingListed = new AddressRules([]);

describe('an address', () => {
  it.each([
    ['the loopback', ['127.0.0.1', '127.8.8.8', '::1', '0.0.0.0', '0.1.2.3', '::']],
    ['private', ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fc00::1', 'fd12:3456::1', 'fec0::1']],
    ['link-local', ['169.254.0.1', 'fe80::1', 'fe80::1%eth0']],
    [
      'a cloud’s metadata service',
      ['169.254.169.254', '169.254.170.2', 'fd00:ec2::254', '100.100.100.200', '168.63.129.16', '192.0.0.192'],
    ],
    [
      'shared or special',
      [
        '100.64.0.1',
        '192.0.2.1',
        '198.18.0.1',
        '240.0.0.1',
        '255.255.255.255',
        '224.0.0.1',
        'ff02::1',
        '2001:db8::1',
        '100::1',
        '5f00::1',
      ],
    ],
    [
      'in octal, hexadecimal, decimal or short',
      ['0177.0.0.1', '0x7f.0.0.1', '0x7f000001', '2130706433', '127.1', '012.0.0.1'],
    ],
    [
      'IPv4 within IPv6',
      [
        '::ffff:127.0.0.1',
        '::ffff:7f00:1',
        '::ffff:10.0.0.1',
        '::127.0.0.1',
        '::7f00:1',
        '64:ff9b::7f00:1',
        '64:ff9b::10.0.0.1',
        '64:ff9b:1::a00:1',
        '2002:7f00:1::',
        '2002:a00:1::1',
        '2001:0:7f00:1::',
        '::ffff:0:127.0.0.1',
      ],
    ],
    ['none', ['', 'localhost', 'example.com', '1.2.3.4.5', '1.2.3.256', 'fe80:::1']],
  ])('that is %s is not allowed unless it is listed', (_kind, addresses) => {
    for (const address of addresses) expect(nothingListed.allows(address), address).toBe(false);
  });

  it.each([
    '93.184.216.34',
    '1.1.1.1',
    '172.32.0.1',
    '100.128.0.1',
    '2606:4700::1111',
    '::ffff:93.184.216.34',
    '64:ff9b::5db8:d822',
  ])('of the internet such as %s is allowed', (address) => expect(nothingListed.allows(address)).toBe(true));

  it('is allowed where it, or a network that it is part of, is listed, in whatever notation', () => {
    const rules = new AddressRules(['127.0.0.1', '10.1.0.0/16', 'fd00:1::/32', '::ffff:192.168.7.0/120']);
    for (const address of ['127.0.0.1', '::ffff:127.0.0.1', '10.1.255.1', 'fd00:1:2::3', '192.168.7.9', '0x7f.1']) {
      expect(rules.allows(address), address).toBe(true);
    }
    for (const address of ['127.0.0.2', '10.2.0.1', 'fd00:2::1', '192.168.8.1', '::1', '::7f00:1', 'fe80::1']) {
      expect(rules.allows(address), address).toBe(false);
    }
  });

  test.prop([fc.ipV4()])('of IPv4 is judged alike as it is and within IPv6', (address) => {
    expect(nothingListed.allows(`::ffff:${address}`)).toBe(nothingListed.allows(address));
  });
});
