// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the samples of code hold them
import { describe, expect, it } from 'vitest';
import { says } from '../testing/change.ts';
import { sqlBuilt } from './sql-injection.ts';

describe('SQL built from text', () => {
  it.each([
    ['a.ts', '+db.query(`select * from users where id = ${id}`);'],
    ['a.js', '+db.query("select * from users where id = " + id);'],
    ['a.py', '+cur.execute(f"delete from users where id = {user_id}")'],
    ['a.py', '+cur.execute("select * from t where a = \'%s\'" % name)'],
    ['a.go', '+db.Query(fmt.Sprintf("select * from t where a = %s", a))'],
    ['a.java', '+st.execute("update t set a = " + a);'],
  ])('is seen in %s: %s', (path, body) => {
    expect(says(sqlBuilt, path, body)).toHaveLength(1);
  });

  it.each([
    ['a.ts', "+db.query('select * from users where id = $1', [id]);"],
    ['a.ts', '+db.query(`select * from ${TABLE}`);'],
    ['a.ts', '+await sql`select * from users where id = ${id}`;'],
    ['a.ts', '+log.info(`select a word from ${list}`);'],
    ['a.py', '+cur.execute("select * from t where a = %s", (a,))'],
    ['a.ts', '-db.query(`select * from users where id = ${id}`);'],
  ])('is none in %s: %s', (path, body) => {
    expect(says(sqlBuilt, path, body)).toEqual([]);
  });
});
