import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SigningKey } from '@voorman/signing';
import { beforeEach, describe, expect, it } from 'vitest';
import { signTool, toPublish } from './prepared-tool.js';
import { aTool, NOON, someKey, trusting } from './testing/sample.js';
import { namesOn, ShelfSetting, whyOf } from './testing/shelf-setting.js';
import { pack } from './tool-package.js';

let key: SigningKey;
let stranger: SigningKey;
beforeEach(async () => {
  [key, stranger] = [await someKey(), await someKey()];
});

describe('a shelf that trusts some signers', () => {
  it('holds signed tools, laid out under their digest, and nothing else', async () => {
    await using setting = await ShelfSetting.open([key]);
    const good = signTool(await aTool(setting.root), [key]);
    await setting.publish(
      good,
      await aTool(setting.root, { name: 'unsigned' }),
      signTool(await aTool(setting.root, { name: 'strange' }), [stranger]),
    );
    const shelf = setting.shelf();
    await shelf.look();
    expect(namesOn(shelf)).toEqual(['echo 1.0.0']);
    expect(whyOf(shelf)).toEqual(['unsigned: signing/unsigned', 'strange: signing/stranger']);
    expect(setting.leftOut.map((each) => each.tool)).toEqual(['unsigned', 'strange']);
    const { folder } = shelf.tools().get('echo')?.manifest ?? { folder: '' };
    expect(folder).toBe(join(setting.folder, good.digest.replace('sha256:', '')));
    expect(await readFile(join(folder, 'main.js'), 'utf8')).toContain('process.stdin');
  });

  it('takes no package whose files are others than were signed', async () => {
    await using setting = await ShelfSetting.open([key]);
    const signed = signTool(await aTool(setting.root), [key]);
    const evil = pack(
      signed.files.map((file) => (file.path === 'main.js' ? { ...file, content: Buffer.from('evil') } : file)),
    );
    await setting.store.publish([{ ...toPublish(signed), package: evil }], 'somebody', NOON);
    const shelf = setting.shelf();
    await shelf.look();
    expect([namesOn(shelf), whyOf(shelf)]).toEqual([[], ['echo: signing/changed']]);
  });

  it('takes no signature of one tool for another', async () => {
    await using setting = await ShelfSetting.open([key]);
    const [mild, wild] = [signTool(await aTool(setting.root), [key]), await aTool(setting.root, { name: 'wild' })];
    await setting.store.publish(
      [
        { ...toPublish(wild), envelope: mild.envelope ?? expect.fail() },
        { ...toPublish(mild), version: '9.0.0' },
      ],
      'somebody',
      NOON,
    );
    const shelf = setting.shelf();
    await shelf.look();
    expect([namesOn(shelf), whyOf(shelf)]).toEqual([[], ['wild: signing/changed', 'echo: signing/changed']]);
  });

  it('takes no digest but that of what was signed', async () => {
    await using setting = await ShelfSetting.open([key]);
    const signed = toPublish(signTool(await aTool(setting.root), [key]));
    await setting.store.publish([{ ...signed, digest: `sha256:${'0'.repeat(64)}` }], 'somebody', NOON);
    const shelf = setting.shelf();
    await shelf.look();
    expect([namesOn(shelf), whyOf(shelf)]).toEqual([[], ['echo: signing/changed']]);
  });

  it('asks for as many signers as the trust folder says', async () => {
    await using setting = await ShelfSetting.open([key]);
    setting.trust = trusting([key, stranger], {}, 2);
    await setting.publish(
      signTool(await aTool(setting.root), [key]),
      signTool(await aTool(setting.root, { name: 'both' }), [key, stranger]),
    );
    const shelf = setting.shelf();
    await shelf.look();
    expect([namesOn(shelf), whyOf(shelf)]).toEqual([['both 1.0.0'], ['echo: signing/too-few']]);
  });

  it('lets go of a tool in the instant in which trust in its signer ends', async () => {
    await using setting = await ShelfSetting.open([key]);
    await setting.publish(signTool(await aTool(setting.root), [key]));
    const shelf = setting.shelf();
    await shelf.look();
    setting.nowMs = Date.parse('2026-03-01T23:59:59.999Z');
    expect(namesOn(shelf)).toEqual(['echo 1.0.0']);
    setting.nowMs += 1;
    expect([namesOn(shelf), whyOf(shelf)]).toEqual([[], ['echo: signing/expired']]);
    // And a clock that jumps to before it began finds nothing either.
    setting.nowMs = Date.parse('2026-02-28T23:59:59Z');
    expect(namesOn(shelf)).toEqual([]);
    setting.nowMs = NOON;
    expect(namesOn(shelf)).toEqual(['echo 1.0.0']);
  });

  it('takes a tool as soon as trust in its signer has begun', async () => {
    await using setting = await ShelfSetting.open([key]);
    await setting.publish(signTool(await aTool(setting.root), [key]));
    const shelf = setting.shelf();
    setting.nowMs = Date.parse('2026-02-28T23:59:59Z');
    await shelf.look();
    expect(whyOf(shelf)).toEqual(['echo: signing/expired']);
    setting.nowMs += 1_000;
    expect(whyOf(shelf)).toEqual(['echo: registry/not-laid-out']);
    await shelf.look();
    expect([namesOn(shelf), whyOf(shelf)]).toEqual([['echo 1.0.0'], []]);
  });

  it('lets go of a tool whose signer is revoked, without a restart', async () => {
    await using setting = await ShelfSetting.open([key]);
    await setting.publish(signTool(await aTool(setting.root), [key]));
    const shelf = setting.shelf();
    await shelf.look();
    setting.trust = trusting([key], { revoked: true });
    await shelf.look();
    expect([namesOn(shelf), whyOf(shelf)]).toEqual([[], ['echo: signing/revoked']]);
  });

  it('obeys a revocation while the store is out of reach', async () => {
    await using setting = await ShelfSetting.open([key]);
    await setting.publish(signTool(await aTool(setting.root), [key]));
    const shelf = setting.shelf();
    await shelf.look();
    expect(namesOn(shelf)).toEqual(['echo 1.0.0']);
    setting.objects.reachable = false;
    setting.trust = trusting([key], { revoked: true });
    await shelf.look();
    expect(namesOn(shelf)).toEqual([]);
  });
});
