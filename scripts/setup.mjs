/**
 * Makes a machine ready for `npm start` and `npm test`: Debian packages, node_modules, and TiDB. Runs before `npm ci`, so
 * it begins with nothing but Node. Says what it installs and why, and does nothing the second time.
 *
 *   node scripts/setup.mjs            all that `npm test` needs
 *   node scripts/setup.mjs start      what `npm start` needs
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const oldestNode = [20, 19];

const onPath = (program) =>
  [...(process.env.PATH ?? '').split(path.delimiter), '/usr/sbin'].some((folder) =>
    existsSync(path.join(folder, program)),
  );
const answers = (program, ...args) => spawnSync(program, args, { stdio: 'ignore' }).status === 0;
const loopbackNamesResolve = () => answers('getent', 'ahosts', 'setup-probe.localhost');

const forEditor = 'to compile the native parts of the editor under test';
const needs = {
  start: [
    { name: 'python3', why: forEditor, probe: () => onPath('python3') },
    { name: 'make', why: forEditor, probe: () => onPath('make') },
    { name: 'g++', why: forEditor, probe: () => onPath('g++') },
    { name: 'ripgrep', why: "the editor's search", probe: () => onPath('rg') },
    {
      name: 'mariadb-server',
      why: 'the MySQL-compatible server that stands in for TiDB; it is not left running',
      probe: () => onPath('mariadbd') && onPath('mariadb-install-db'),
    },
    {
      name: 'libnss-myhostname',
      why: 'so that names under .localhost, which the sandbox gives its endpoints, lead to this machine',
      probe: loopbackNamesResolve,
    },
  ],
  test: [
    {
      name: 'openssh-client',
      why: 'the ssh program that goes through a bastion',
      probe: () => onPath('ssh') && onPath('ssh-keygen'),
    },
    {
      name: 'openssh-server',
      why: 'the bastion that the SQL tests go through; each test starts its own, and none is left running',
      probe: () => onPath('sshd'),
    },
    {
      name: 'python3-venv',
      why: 'for the official Python clients that check the sandbox',
      probe: () => answers('python3', '-c', 'import ensurepip, venv'),
    },
    {
      name: 'libmariadb-dev',
      why: 'to compile what «Connect With» gives for C and for Python',
      probe: () => onPath('mariadb_config'),
    },
    { name: 'pkg-config', why: 'to find that library', probe: () => onPath('pkg-config') },
    {
      name: 'php-mysql',
      why: 'to run what «Connect With» gives for PHP',
      probe: () => answers('/usr/bin/php', '-r', "exit((int) !extension_loaded('mysqli'));"),
    },
    { name: 'php-cli', why: 'the same', probe: () => onPath('php') },
    {
      name: 'ruby-mysql2',
      why: 'to run what «Connect With» gives for Ruby',
      probe: () => answers('/usr/bin/ruby', '-e', "require 'mysql2'"),
    },
    { name: 'iproute2', why: 'network namespaces, of which the tests make a VPC', probe: () => onPath('ip') },
    { name: 'dnsmasq-base', why: "the resolver of the tests' VPC", probe: () => onPath('dnsmasq') },
    {
      name: 'chromium',
      why: 'the browser in which the tests drive the editor',
      probe: () => existsSync(process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'),
    },
  ],
};

/** Everything for `npm start`, or for `npm test`, which needs that and more. */
export async function setUp(purpose = 'test') {
  checkNode();
  ensureDebianPackages(purpose === 'start' ? needs.start : [...needs.start, ...needs.test]);
  ensureLoopbackNames();
  ensureNodeModules();
  if (purpose !== 'start') {
    const { buildTidbServer } = await tidbServers();
    await buildTidbServer(console.log);
  }
}

/** Needs node_modules. */
export async function tidbServers() {
  const { require: load } = await import('tsx/cjs/api');
  return load('../test/support/tidbServer.ts', import.meta.url);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1])) {
    fail(`Node ${oldestNode.join('.')} or later is needed; this is ${process.versions.node}.`);
  }
}

/**
 * Installs the packages whose probe says that they are missing. Services that come with them are kept from starting, now
 * and at the next boot.
 * @param {{ name: string, why: string, probe: () => boolean }[]} packages
 */
export function ensureDebianPackages(packages) {
  const missing = packages.filter(({ probe }) => !probe());
  if (missing.length === 0) {
    return;
  }
  const names = missing.map(({ name }) => name);
  const byHand = `Missing: ${names.join(', ')}. On Debian: apt-get install --no-install-recommends ${names.join(' ')}`;
  if (!onPath('apt-get')) {
    fail(`${byHand}\nThis machine has no apt-get; install what these packages bring in its own way.`);
  }
  for (const { name, why } of missing) {
    console.log(`Installing ${name}: ${why}`);
  }
  if (!asRoot(installScript, names)) {
    fail(`The installation failed. ${byHand}`);
  }
  const stillMissing = missing.filter(({ name, probe }) => name !== 'libnss-myhostname' && !probe());
  if (stillMissing.length > 0) {
    fail(`Installed, but not to be found: ${stillMissing.map(({ name }) => name).join(', ')}`);
  }
}

const installScript = `
set -e
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\\nexit 101\\n' > "$policy"
  chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
quietly() {
  if ! "$@" > "$log" 2>&1; then cat "$log"; rm -f "$log"; exit 1; fi
}
quietly apt-get -q -o DPkg::Lock::Timeout=300 update
quietly apt-get -q -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@"
rm -f "$log"
case " $* " in *' mariadb-server '*)
  if command -v systemctl > /dev/null; then systemctl --quiet disable mariadb.service; fi
esac
case " $* " in *' openssh-server '*)
  if command -v systemctl > /dev/null; then systemctl --quiet disable ssh.service; fi
esac
`;

/** Lets getaddrinfo resolve names under .localhost where the package did not do so by itself. */
function ensureLoopbackNames() {
  if (loopbackNamesResolve()) {
    return;
  }
  console.log(
    'Adding myhostname to the hosts line of /etc/nsswitch.conf: names under .localhost do not resolve without',
  );
  if (!asRoot(nameServiceScript, []) || !loopbackNamesResolve()) {
    fail(
      'Names under .localhost do not resolve. Put `myhostname` first after `files` in the hosts line of /etc/nsswitch.conf',
    );
  }
}

const nameServiceScript = `
set -e
sed -i -E '/^hosts:/ { s/[[:space:]]+myhostname//g; s/^hosts:([[:space:]]*files)?/hosts:\\1 myhostname/ }' /etc/nsswitch.conf
`;

function asRoot(script, args) {
  const command = ['sh', '-c', script, 'sh', ...args];
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && !onPath('sudo')) {
    console.error('This needs root, and there is no sudo.');
    return false;
  }
  const [program, ...rest] = isRoot ? command : ['sudo', ...command];
  return spawnSync(program, rest, { stdio: ['inherit', 'inherit', 'inherit'] }).status === 0;
}

/** Runs `npm ci` unless node_modules holds what package-lock.json asks for. */
export function ensureNodeModules() {
  if (nodeModulesFit()) {
    return;
  }
  console.log('Installing node_modules: what the extension is built, tested and checked with');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel', 'error'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) {
    fail('npm ci failed.');
  }
}

function nodeModulesFit() {
  const read = (file) => JSON.parse(readFileSync(path.join(root, file), 'utf8')).packages;
  try {
    const installed = read('node_modules/.package-lock.json');
    return Object.entries(read('package-lock.json')).every(
      ([place, { version, optional, devOptional }]) =>
        place === '' || optional || devOptional || installed[place]?.version === version,
    );
  } catch {
    return false;
  }
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await setUp(process.argv[2]);
}
