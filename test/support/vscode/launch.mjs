#!/usr/bin/env node
/** Stands where a VS Code binary is asked for: takes its arguments, and serves them with VS Code for the browser. */
import { register } from 'tsx/esm/api';

register();
const { launch } = await import('./launcher.ts');
process.exit(await launch(process.argv.slice(2)));
