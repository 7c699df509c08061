import { Command } from 'commander';
import type { Act } from '../context.js';
import { check } from './check.js';
import { diff } from './diff.js';
import { fuzz } from './fuzz.js';
import { list } from './list.js';
import { newTool } from './new.js';
import { publish } from './publish.js';
import { sign } from './sign.js';
import { verify } from './verify.js';

/** `voorman tools`: the registry, from a folder in Git to the gateways. */
export function tools(act: Act): Command {
  const group = new Command('tools')
    .description('check, sign, publish and compare the tools of the registry')
    .helpCommand('help [command]', 'explain a command')
    .enablePositionalOptions();
  for (const make of [newTool, check, fuzz, sign, verify, publish, list, diff]) group.addCommand(make(act));
  return group;
}
