import { locateTool } from '../../src/adapters/tools/locate-tool.js';
import type { ToolName } from '../../src/adapters/tools/location.js';
import { pathOrThrow } from './mongod-binary.js';

const known = new Map<ToolName, Promise<string>>();

/** Absolute path of a real database tool, found or installed the way the product does it. */
export function findTestTool(name: ToolName): Promise<string> {
  const path = known.get(name) ?? locateTool(name).then(pathOrThrow);
  known.set(name, path);
  return path;
}
