#!/usr/bin/env node
/** The `mimeo` command: runs src/cli/main.ts on the pinned Node. */
import { join } from 'node:path';
import process from 'node:process';
import { runInPlace } from './child.mjs';
import { pinnedNode } from './pinned-node.mjs';
import { projectFolder } from './project.mjs';
import { launch } from './say.mjs';

await launch(() =>
  runInPlace([pinnedNode(), join(projectFolder, 'src', 'cli', 'main.ts'), ...process.argv.slice(2)]),
);
