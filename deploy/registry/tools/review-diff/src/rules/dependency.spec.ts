import { describe, expect, it } from 'vitest';
import { says } from '../testing/change.ts';
import { dependencyChanged } from './dependency.ts';

describe('a changed dependency', () => {
  it.each([
    ['package.json', '-    "pg": "^7.4.0",\n+    "pg": "8.1.0",', '`pg` jumps from 7.4.0 to 8.1.0'],
    ['requirements.txt', '-django==4.2.1\n+django==3.2.0', '`django` goes back from 4.2.1 to 3.2.0'],
    ['go.mod', '-\tgithub.com/x/y v0.3.0\n+\tgithub.com/x/y v0.4.0', '`github.com/x/y` jumps'],
    ['Dockerfile', '-FROM node:24\n+FROM node:latest', 'takes whatever is newest'],
  ])('is told in %s', (path, body, part) => {
    expect(says(dependencyChanged, path, body)).toEqual([expect.stringContaining(part)]);
  });

  it('weighs little when only developers run it', () => {
    const body = '   "devDependencies": {\n-    "mocha": "9.2.1",\n+    "mocha": "10.2.0",';
    expect(says(dependencyChanged, 'package.json', body)).toEqual([expect.stringMatching(/^low/)]);
  });

  it('is none for a small step forward, for a new dependency, and for the version of the package itself', () => {
    expect(says(dependencyChanged, 'package.json', '-"pg": "8.1.0",\n+"pg": "8.2.0",')).toEqual([]);
    expect(says(dependencyChanged, 'package.json', '+"pg": "8.1.0",')).toEqual([]);
    expect(says(dependencyChanged, 'package.json', '-"version": "1.0.0",\n+"version": "2.0.0",')).toEqual([]);
  });
});
