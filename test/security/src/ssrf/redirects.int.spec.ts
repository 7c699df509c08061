import { ApiWorld, apiTool, callOf, LOOPBACK, redirecting, secrets, WITH_SECRET } from '@voorman/executors/testing';
import { afterEach, describe, expect, it } from 'vitest';

const world = new ApiWorld();
afterEach(() => world.end());

describe('a redirect to another host', () => {
  it('is not followed', async () => {
    const other = await redirecting(world, 200, () => '');
    const { from } = await redirecting(world, 307, () => other.to);
    const result = await callOf(world.executor({ secrets }), apiTool(from, WITH_SECRET));
    expect(result).toMatchObject({ kind: 'fault', retryable: false, fault: { code: 'tool/redirect-refused' } });
    expect(other.seen).toEqual([]);
  });

  it('that is listed is followed without the secrets, and they do not come back on the way home', async () => {
    const seen: string[] = [];
    const home: number = await world.serve((request, response) => {
      seen.push(`home ${request.headers.authorization ?? '-'}`);
      if (request.url === '/from') response.writeHead(307, { location: `http://127.0.0.1:${other}/` }).end();
      else response.end('{"done":true}');
    });
    const other: number = await world.serve((request, response) => {
      const { authorization, 'x-key': key, 'x-plain': plain } = request.headers;
      seen.push(`other ${authorization ?? '-'} ${key ?? '-'} ${plain}`);
      response.writeHead(307, { location: `http://127.0.0.1:${home}/to` }).end();
    });
    const tool = apiTool(`http://127.0.0.1:${home}/from`, { ...WITH_SECRET, hosts: [`127.0.0.1:${other}`] });
    expect(await callOf(world.executor({ secrets }), tool)).toMatchObject({ kind: 'output' });
    expect(seen).toEqual(['home Bearer s3cret', 'other - - p', 'home -']);
  });

  it.each(['file:///etc/passwd', 'data:application/json,{"a":1}', 'ftp://127.0.0.1/x', 'javascript:alert(1)'])(
    'is not followed to %s',
    async (location) => {
      const { from } = await redirecting(world, 302, () => location);
      const result = await callOf(world.executor(), apiTool(from, { ...LOOPBACK, method: 'GET' }));
      expect(result).toMatchObject({ kind: 'fault', fault: { code: 'tool/redirect-refused' } });
      expect(JSON.stringify(result)).not.toContain(location);
    },
  );
});
