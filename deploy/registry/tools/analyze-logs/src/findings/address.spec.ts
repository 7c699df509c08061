import { describe, expect, it } from 'vitest';
import { commonAddress } from './address.ts';

const lines = (count: number, write: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => write(index));

describe('the address that lines have in common', () => {
  it('is the upstream rather than one of many clients, with its port', () => {
    const all = lines(10, (index) => `failed, client: 10.2.0.${index}, upstream: "http://10.0.0.5:8080/a"`);
    expect(commonAddress(all)).toEqual({ address: '10.0.0.5:8080', lines: 10, of: 10 });
  });

  it('may be a name, and may stand in most lines only', () => {
    const all = lines(10, (index) => (index < 8 ? 'connect db-primary:5432 refused' : 'connect cache:6379 refused'));
    expect(commonAddress(all)).toEqual({ address: 'db-primary:5432', lines: 8, of: 10 });
  });

  it('leaves out the port where it differs', () => {
    expect(commonAddress(lines(9, (index) => `Failed password from 10.0.0.7:${4000 + index}`))?.address).toBe(
      '10.0.0.7',
    );
  });

  it('is not told of few lines, or where there is none', () => {
    expect(commonAddress(lines(3, () => 'from 10.0.0.7'))).toBeUndefined();
    expect(commonAddress(lines(20, (index) => `from 10.0.0.${index} at 12:30:05`))).toBeUndefined();
  });
});
