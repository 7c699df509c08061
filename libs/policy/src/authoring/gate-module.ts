import { GATE_PACKAGE } from '../bundle-sources.js';
import type { Entrypoint } from '../entrypoint.js';

/**
 * A Rego module whose rule `results` holds the value of every entry point that speaks for the question: so one request to
 * an OPA sees one revision, and only what the question is about is evaluated. The same as `speaksFor`, in Rego.
 */
export function gateModule(entrypoints: readonly Entrypoint[]): string {
  const rules = entrypoints.map(({ rule, actions, tools }, index) => {
    const value = `results[${JSON.stringify(rule)}] := data.${rule.replaceAll('/', '.')}`;
    const conditions = [
      ...(actions === undefined ? [] : [`input.action in ${setOf(actions)}`]),
      ...(tools === undefined ? [] : [`about_tools_of_${index}`]),
    ];
    if (conditions.length === 0) return `${value}\n`;
    const about =
      tools === undefined
        ? ''
        : `\nabout_tools_of_${index} if input.tool_name in ${setOf(tools)}\n\n` +
          `about_tools_of_${index} if {\n\tinput.action == "tool_execute"\n\tnot "tool_name" in object.keys(input)\n}\n`;
    return `${value} if {\n${conditions.map((condition) => `\t${condition}`).join('\n')}\n}\n${about}`;
  });
  return `package ${GATE_PACKAGE}\n\nimport rego.v1\n\n${rules.join('\n')}`;
}

const setOf = (names: readonly string[]): string => `{${names.map((name) => JSON.stringify(name)).join(', ')}}`;
