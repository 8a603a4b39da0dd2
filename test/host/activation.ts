import { strict as assert } from 'node:assert';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { COMMANDS } from '../../src/host/ids.js';

const ID = 'mongo-cosmos-migration.mongo-cosmos-migration';

interface Contributions {
  readonly commands: readonly { readonly command: string }[];
}

function extension(): vscode.Extension<unknown> {
  const found = vscode.extensions.getExtension(ID);
  assert.ok(found, `${ID} is not installed`);
  return found;
}

describe('the extension', () => {
  it('activates in the workspace host', async () => {
    await extension().activate();
    assert.equal(extension().isActive, true);
    assert.equal(extension().extensionKind, vscode.ExtensionKind.Workspace);
  });

  it('registers every command that it contributes, and no other', async () => {
    await extension().activate();
    const { contributes } = extension().packageJSON as { contributes: Contributions };
    const contributed = contributes.commands.map(({ command }) => command).sort();
    const registered = (await vscode.commands.getCommands(true)).filter((id) => id.startsWith('mongoCosmosMigration.'));
    // The views' own commands (focus, open, ...) are VS Code's.
    const own = registered.filter((id) => !/\.(clusters|migrations)\./.test(id)).sort();
    assert.deepEqual(own, contributed);
    assert.deepEqual(contributed, Object.values(COMMANDS).sort());
  });
});
