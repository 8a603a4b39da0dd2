/**
 * A script for the page that opens a window with extensions under development. A served VS Code takes these options from the page's configuration; the address
 * line, which older versions read them from too, is ignored by newer builds.
 */
export function withDevelopmentOptions(options: object): string {
  return `
    const original = Element.prototype.getAttribute;
    Element.prototype.getAttribute = function (name) {
      const value = original.call(this, name);
      if (name !== 'data-settings' || this.id !== 'vscode-workbench-web-configuration' || value === null) return value;
      const settings = JSON.parse(value);
      settings.developmentOptions = { ...settings.developmentOptions, ...${JSON.stringify(options)} };
      return JSON.stringify(settings);
    };`;
}

/** A folder of the machine that the server on this port runs on, as its window names it. */
export function remoteFolder(port: number, path: string): object {
  return { scheme: 'vscode-remote', authority: `127.0.0.1:${port}`, path };
}
