import { unsupportedKindRule } from '../unsupported-rule.js';

export const featureCommandUnsupported = unsupportedKindRule('command', 'replace-command');
