export { ToolError, ToolSettingError, ToolUnavailableError } from './errors.ts';
export { type LocatedTool, type LocateOptions, locateTool } from './locate.ts';
export { TOOL_NAMES, type ToolName } from './pins.ts';
