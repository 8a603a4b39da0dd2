import { bundleAll } from './bundle.js';

await bundleAll();
