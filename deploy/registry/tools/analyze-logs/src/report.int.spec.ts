import { describe, expect, it } from 'vitest';
import { MAX_REPORT_BYTES } from './report.ts';
import { analyse, incident } from './testing/log.ts';

const iso = (time: Date) => time.toISOString();
const clf = (time: Date) => `21/Nov/2026:${iso(time).slice(11, 19)} +0000`;
const ordinary = (index: number) =>
  [`order ${index} placed`, `cart ${index} emptied`, `user u${index} logged in`][index % 3] ?? '';

/** Ordinary traffic; from record 600 on, every fourth is an error that was never there before. */
const failing = incident(1000, (index, time) => {
  if (index === 598) return `${iso(time)} INFO release: deployed version 4.18.2`;
  const isBad = index >= 600 && index % 4 === 0;
  return `${iso(time)} ${isBad ? `ERROR pay: charge of order ${index} refused by 10.0.0.5:8443` : `INFO shop: ${ordinary(index)}`}`;
});
const access = incident(1000, (index, time) => {
  const isBad = index >= 600 && index % 2 === 0;
  const path = index % 2 === 0 ? `/api/checkout/${index}` : '/api/items';
  return `10.2.0.${index % 200} - - [${clf(time)}] "POST ${path} HTTP/1.1" ${isBad ? 503 : 200} 12 "-" "curl"`;
});

describe('the report on a log', () => {
  it('says first what is new among the errors, since when, and which lines prove it', async () => {
    const { findings, summary } = await analyse({ 'app.log': failing });
    expect(findings[0]).toMatchObject({ kind: 'new', since: '2026-11-21T10:20:00Z' });
    expect(findings[0]?.evidence[0]).toEqual({
      source: 'app.log',
      line: 601,
      text: '2026-11-21T10:20:00.000Z ERROR pay: charge of order 600 refused by 10.0.0.5:8443',
    });
    expect(summary).toContain(
      'first at 10:20:00, after 20 min without it, then 100 times in all, up to the end of the log',
    );
    expect(summary).toContain('"pay: charge of order <num> refused by 10.0.0.5:8443" is new');
  });

  it('points at a rare change right before, as it stands in the log', async () => {
    const { findings, summary } = await analyse({ 'app.log': failing });
    expect(findings[1]?.kind).toBe('just-before');
    expect(summary).toContain('deployed version 4.18.2" stands 4 s before that');
  });

  it('hands on what the trouble is called, with the values that never change', async () => {
    const { suspects } = await analyse({ 'app.log': failing });
    expect(suspects).toEqual([
      'pay: charge of order <num> refused by 10.0.0.5:8443',
      'release: deployed version 4.18.2',
    ]);
  });

  it('names the failing route with its share, before and since', async () => {
    const { findings, summary } = await analyse({ 'access.log': access });
    expect(findings[0]).toMatchObject({ kind: 'failing-route', since: '2026-11-21T10:20:00Z' });
    expect(summary).toContain(
      'POST /api/checkout/<num> fails with 503: 200 of 200 (100%) of its requests since 10:20:00, none otherwise',
    );
    expect(summary).toContain('Of 1,000 requests, 200 (20%) failed with 5xx');
  });

  it('brings several logs onto one axis and tells what begins together', async () => {
    const { summary, files, time_range } = await analyse({ 'access.log': access, 'app.log': failing });
    expect(summary).toMatch(/fails with 503.*At about the same time: "pay: charge of order <num> refused/);
    expect(files.map(({ format }) => format)).toEqual(['access log', 'text with ISO timestamps']);
    expect(time_range).toEqual({ from: '2026-11-21T10:00:00Z', to: '2026-11-21T10:33:18Z' });
  });

  it('takes times without a zone to be in the zone of the other logs', async () => {
    const local = incident(300, (index, time) => `${iso(time).replace('T', ' ').slice(0, 19)} INFO ${ordinary(index)}`);
    const zoned = incident(300, (index, time) => `${iso(time).slice(0, 19)}+02:00 INFO ${ordinary(index)}`);
    const { time_range, summary } = await analyse({ 'a.log': zoned, 'b.log': local });
    expect(time_range).toEqual({ from: '2026-11-21T10:00:00+02:00', to: '2026-11-21T10:09:58+02:00' });
    expect(summary).toContain('Some times name no zone; +02:00 is assumed');
  });

  it('counts lines where a log has no times', async () => {
    const log = incident(400, (index) =>
      index >= 300 && index % 2 === 0 ? `cannot reach db for job ${index}` : ordinary(index),
    );
    const { findings, time_range } = await analyse({ 'x.txt': log });
    expect(time_range).toBeUndefined();
    expect(findings[0]).toMatchObject({ kind: 'new', since: 'x.txt:301' });
    expect(findings[0]?.detail).toContain('first in line 301');
  });

  it('tells the error that makes up most of all errors where nothing changes', async () => {
    const log = incident(
      500,
      (index, time) => `${iso(time)} ${index % 5 === 0 ? `ERROR disk ${index} unreadable` : `INFO ${ordinary(index)}`}`,
    );
    const { findings } = await analyse({ 'app.log': log });
    expect(findings[0]).toMatchObject({ kind: 'dominant-error' });
    expect(findings[0]?.detail).toContain('makes up 100% of all errors (100 of 100)');
  });

  it('notices what stops although the log goes on', async () => {
    const log = incident(1000, (index, time) => {
      if (index % 5 === 0 && index > 600) return undefined;
      return `${iso(time)} INFO ${index % 5 === 0 ? `heartbeat ${index} from replica` : ordinary(index)}`;
    });
    const { findings } = await analyse({ 'app.log': log });
    expect(findings.find(({ kind }) => kind === 'stopped')?.detail).toContain('stops: 121 times until 10:20:00');
  });

  it('does not call new in a rotated part what an older part has seen', async () => {
    const old = incident(
      300,
      (index, time) => `${iso(time)} ${index % 4 === 0 ? `ERROR disk ${index} unreadable` : `INFO ${ordinary(index)}`}`,
    );
    const later = incident(900, (index, time) =>
      index < 300
        ? undefined
        : `${iso(time)} ${index > 700 && index % 4 === 0 ? `ERROR disk ${index} unreadable` : `INFO ${ordinary(index)}`}`,
    );
    const { findings } = await analyse({ 'app.log': later, 'app.log.1': old });
    expect(findings.map(({ kind }) => kind)).not.toContain('new');
    expect((await analyse({ 'app.log': later })).findings[0]?.kind).toBe('new');
  });

  it('calls new what the older parts of a rotated log have not seen, even in the first line of the newest', async () => {
    const old = incident(300, (index, time) => `${iso(time)} INFO ${ordinary(index)}`);
    const later = incident(600, (index, time) =>
      index < 300
        ? undefined
        : `${iso(time)} ${index % 4 === 0 ? `ERROR disk ${index} unreadable` : `INFO ${ordinary(index)}`}`,
    );
    const { findings } = await analyse({ 'app.log': later, 'app.log.1': old });
    expect(findings[0]).toMatchObject({ kind: 'new', since: '2026-11-21T10:10:00Z' });
  });

  it('finds nothing to say about a quiet log', async () => {
    const { findings, summary, evidence } = await analyse({
      'app.log': incident(500, (index, time) => `${iso(time)} INFO ${ordinary(index)}`),
    });
    expect(findings).toEqual([]);
    expect(summary).toContain('Nothing in these logs tells of a failure');
    expect(evidence).toHaveLength(3);
  });

  it('puts first what the question asks for', async () => {
    const log = incident(1000, (index, time) => {
      if (index >= 600 && index % 8 === 0) return `${iso(time)} ERROR mail ${index} bounced`;
      if (index >= 600 && index % 8 === 1) return `${iso(time)} ERROR login of u${index} failed`;
      return `${iso(time)} INFO ${ordinary(index)}`;
    });
    expect((await analyse({ 'app.log': log }, 'Why do logins fail?')).findings[0]?.detail).toContain('login of');
    expect((await analyse({ 'app.log': log }, 'Why do mails bounce?')).findings[0]?.detail).toContain('mail');
  });

  it('looks at a time range only, and says what it left out', async () => {
    const range = {
      from: { ms: Date.UTC(2026, 10, 21, 10, 0), zone: Number.NaN },
      to: { ms: Date.UTC(2026, 10, 21, 10, 10), zone: Number.NaN },
    };
    const { records, findings, summary } = await analyse({ 'app.log': failing }, '', range);
    expect(records).toBe(301);
    expect(findings).toEqual([]);
    expect(summary).toContain('699 records outside the time range were left out.');
  });

  it('shows severity in at most 24 rows that add up', async () => {
    const { severity_over_time: rows, severity_totals: totals } = await analyse({ 'app.log': failing });
    expect(rows.length).toBeLessThanOrEqual(24);
    expect(rows.reduce((sum, row) => sum + row.error, 0)).toBe(totals.error);
    expect([rows[0]?.from, rows[1]?.from]).toEqual(['2026-11-21T10:00:00Z', '2026-11-21T10:02:00Z']);
  });

  it('stays small whatever the log is made of', async () => {
    const wild = incident(2000, (index, time) => {
      const words = [...String(index * 7919)].map((digit) => '"\\\u001b€😀#'.repeat(20).slice(Number(digit)));
      return `${iso(time)} ERROR ${words.join(' ')} ${index % 50}`;
    });
    const name = `${'"'.repeat(200)}.log`;
    const report = await analyse({ [name]: wild });
    expect(Buffer.byteLength(JSON.stringify(report))).toBeLessThanOrEqual(MAX_REPORT_BYTES);
    expect(report.evidence.length).toBeGreaterThan(0);
  });
});
