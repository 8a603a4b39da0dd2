/** A Microsoft account that nobody has to type a password for: whoever agrees to VS Code's question gets the token that the models of Azure take. */
const { authentication, EventEmitter } = require('vscode');

exports.activate = ({ subscriptions }) => {
  const changes = new EventEmitter();
  const sessions = [];
  const account = { id: 'mover', label: 'mover@example.net' };
  const provider = {
    onDidChangeSessions: changes.event,
    getSessions: (scopes) =>
      Promise.resolve(
        scopes === undefined
          ? sessions
          : sessions.filter((one) => one.scopes.join(' ') === [...scopes].sort().join(' ')),
      ),
    createSession: (scopes) => {
      const accessToken = process.env.MCM_TEST_ACCOUNT_TOKEN;
      const session = { id: `session-${sessions.length}`, accessToken, account, scopes: [...scopes].sort() };
      sessions.push(session);
      changes.fire({ added: [session], removed: [], changed: [] });
      return Promise.resolve(session);
    },
    removeSession: () => Promise.reject(new Error('it is not signed out of in tests')),
  };
  subscriptions.push(authentication.registerAuthenticationProvider('microsoft', 'Microsoft', provider));
};
