/** An account of every host. All may log in with the password and with the keys of the lab but its stranger's. */
export interface Login {
  readonly user: string;
  /** Also sudo's. */
  readonly password: string;
}

interface Account extends Login {
  readonly shell: string;
  readonly sudo: 'with password' | 'without' | 'no';
  /** What its .bashrc does, which sshd lets bash read before every command. */
  readonly profile?: string;
}

const accounts = {
  root: {user: 'root', password: 'pw of root', shell: '/bin/bash', sudo: 'without'},
  /** sudo asks for the password. */
  admin: {user: 'admin', password: `it's "admin's" $word`, shell: '/bin/bash', sudo: 'with password'},
  /** sudo asks nothing. */
  deploy: {user: 'deploy', password: 'pw-deploy', shell: '/bin/bash', sudo: 'without'},
  /** Is not in sudoers. */
  guest: {user: 'guest', password: 'pw-guest', shell: '/bin/bash', sudo: 'no'},
  /** Login shells that are not bash. sudo asks for the password. */
  dash: {user: 'dash', password: 'pw-dash', shell: '/bin/dash', sudo: 'with password'},
  fish: {user: 'fish', password: 'pw-fish', shell: '/usr/bin/fish', sudo: 'with password'},
  tcsh: {user: 'tcsh', password: 'pw-tcsh', shell: '/usr/bin/tcsh', sudo: 'with password'},
  /** Its profile prints to both outputs, moves elsewhere and has aliases. sudo asks for the password. */
  noisy: {
    user: 'noisy',
    password: 'pw-noisy',
    shell: '/bin/bash',
    sudo: 'with password',
    profile: [
      'printf "\\033[1;35mWelcome!\\033[0m\\nQuota: 93%% used\\n"',
      'echo "perl: warning: Setting locale failed." >&2',
      'alias ls="ls --color=always" cat="cat -n"',
      'cd /var/tmp',
    ].join('\n'),
  },
} as const satisfies Record<string, Account>;

export type LoginName = keyof typeof accounts;

export const logins: Readonly<Record<LoginName, Login>> = accounts;

export const allAccounts: readonly Account[] = Object.values(accounts);
