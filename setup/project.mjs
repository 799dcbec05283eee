import { fileURLToPath } from 'node:url';

/** The folder of the checkout, without a slash at its end. Works from Node 20.0 on and through symlinks. */
export const projectFolder = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
