/** Folders, files and notebooks of a modelled workspace: what there is, and the three calls that change it. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { checkFields, Refused, type Fields } from './closed-world.js';

const NOTEBOOK = '# Databricks notebook source\n';

type Kind = 'DIRECTORY' | 'NOTEBOOK' | 'FILE';

export class WorkspaceFiles {
  readonly #objects = new Map<string, Kind>();

  /** `folder`: where the content of the files lies. */
  constructor(
    private readonly folder: string,
    user: string,
  ) {
    this.#objects.set(`/Workspace/Users/${user}`, 'DIRECTORY');
  }

  paths(): string[] {
    return [...this.#objects.keys()].sort();
  }

  kindOf(path: string): Kind | undefined {
    return this.#objects.get(path);
  }

  mkdirs(q: Fields): Fields {
    checkFields(q, { path: 'string' });
    let path = absolute(q['path']);
    for (; path !== '/' && !this.#objects.has(path); path = dirname(path)) this.#objects.set(path, 'DIRECTORY');
    return {};
  }

  async import(q: Fields): Promise<Fields> {
    checkFields(q, { path: 'string', format: 'string', content: 'string', overwrite: 'boolean' });
    if (q['format'] !== 'AUTO') throw new Refused(400, 'INVALID_PARAMETER_VALUE', 'this model knows AUTO alone');
    const path = absolute(q['path']);
    const content = Buffer.from(String(q['content']), 'base64');
    if (content.length > 10 * 1024 * 1024) throw new Refused(400, 'MAX_NOTEBOOK_SIZE_EXCEEDED', 'over 10 MB');
    if (this.#objects.get(dirname(path)) !== 'DIRECTORY')
      throw new Refused(404, 'RESOURCE_DOES_NOT_EXIST', `The parent folder (${dirname(path)}) does not exist.`);
    const isNotebook = path.endsWith('.py') && content.toString('utf8').startsWith(NOTEBOOK);
    const name = isNotebook ? path.slice(0, -3) : path;
    if (this.#objects.has(name) && q['overwrite'] !== true)
      throw new Refused(400, 'RESOURCE_ALREADY_EXISTS', `${name} already exists`);
    this.#objects.set(name, isNotebook ? 'NOTEBOOK' : 'FILE');
    const file = join(this.folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    return {};
  }

  async delete(q: Fields): Promise<Fields> {
    checkFields(q, { path: 'string', recursive: 'boolean' });
    const path = absolute(q['path']);
    if (!this.#objects.has(path)) throw new Refused(404, 'RESOURCE_DOES_NOT_EXIST', `Path (${path}) doesn't exist.`);
    for (const one of [...this.#objects.keys()])
      if (one === path || one.startsWith(`${path}/`)) this.#objects.delete(one);
    await rm(join(this.folder, path), { recursive: true, force: true });
    return {};
  }
}

function absolute(path: unknown): string {
  const text = String(path);
  if (!text.startsWith('/Workspace/') || text.includes('..') || text.endsWith('/'))
    throw new Refused(400, 'INVALID_PARAMETER_VALUE', `Path (${text}) is not one of the workspace.`);
  return text;
}
