/** What a plan becomes for another system: files of text, the same ones that are written to a folder and that are deployed. */

export interface ArtefactFile {
  /** Within the folder, with `/`; never absolute, never upwards. */
  readonly path: string;
  readonly text: string;
}

export interface Artefacts {
  readonly files: readonly ArtefactFile[];
  /** What whoever deploys it has to know, as ids with parameters; sentences are made in `words`. */
  readonly notes: readonly ArtefactNote[];
}

export interface ArtefactNote {
  readonly id: string;
  readonly params: Readonly<Record<string, string | number | boolean>>;
}
