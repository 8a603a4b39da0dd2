import { bundleCli } from './bundle.js';

await bundleCli();
