"""A night in progress, on either engine: the demo's prison, copied for each test."""
import contextlib
import os
import pathlib
import pwd
import shutil
import socket
import sqlite3
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import program                                                      # noqa: E402
from program import Database, holds                                 # noqa: E402

END = 'that was all'


def make(folder):
    """Runs the demo once and stops it: its files are what every test starts from."""
    made = folder / 'made'
    out = folder / 'demo.out'
    with open(out, 'w') as sink:
        demo = subprocess.Popen([program.BINARY, 'demo', '--folder', made, '--port', '0'],
                                stdout=sink, stderr=subprocess.STDOUT)
    try:
        program.wait_until(lambda: 'Ctrl-C' in out.read_text(), 'the demo stands', 60)
    finally:
        demo.terminate()
        demo.wait(timeout=30)
    return made


def copy_files(made, database):
    """Keys and pepper: what is not in the database."""
    pepper = ('alongside.pepper' if database.engine == 'PostgreSQL' else
              database.path.name + '.pepper')
    shutil.copy(made / 'demo.db.keys', database.keys)
    shutil.copy(made / 'demo.db.pepper', database.folder / pepper)


def on_sqlite(made, folder):
    database = Database(folder)
    shutil.copy(made / 'demo.db', database.path)
    copy_files(made, database)
    return database


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def tools():
    """Where PostgreSQL's own programs are; nothing when it isn't installed."""
    found = sorted(pathlib.Path('/usr/lib/postgresql').glob('*/bin'))
    return found[-1] if found else None


class Cluster:
    """A PostgreSQL of the tests' own, on loopback, under a scratch folder."""

    def __init__(self, folder):
        self.folder = folder / 'cluster'
        self.folder.mkdir()
        self.port = free_port()
        # PostgreSQL refuses to run as root.
        self.user = 'postgres' if os.geteuid() == 0 else None
        if self.user:
            folder.chmod(0o755)
            shutil.chown(self.folder, self.user)
        self.call('initdb', '-D', self.data, '-U', 'night', '-A', 'trust', '-N')
        (self.data / 'postgresql.auto.conf').write_text(
            f"listen_addresses = '127.0.0.1'\nport = {self.port}\n"
            f"unix_socket_directories = '{self.folder}'\nfsync = off\nmax_connections = 60\n")
        self.start()

    @property
    def data(self):
        return self.folder / 'data'

    def call(self, tool, *words):
        groups = {}
        if self.user:
            found = pwd.getpwnam(self.user)
            groups = {'user': self.user, 'group': found.pw_gid, 'extra_groups': []}
        done = subprocess.run([tools() / tool, *map(str, words)], cwd=self.folder, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=60, **groups)
        holds(done.returncode == 0, f'{tool}: {done.stdout}')

    def start(self):
        self.call('pg_ctl', '-D', self.data, '-l', self.folder / 'log', '-w', 'start')

    def stop(self, how='immediate'):
        self.call('pg_ctl', '-D', self.data, '-m', how, '-w', 'stop')

    def address(self, name):
        return f'postgresql://night@127.0.0.1:{self.port}/{name}'

    def psql(self, name, *words, script=None):
        done = subprocess.run(
            [tools() / 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', self.address(name),
             *words], input=script, capture_output=True, text=True, timeout=60)
        holds(done.returncode == 0, f'psql: {done.stderr}')
        return done.stdout


class Postgres(Database):
    engine = 'PostgreSQL'

    def __init__(self, folder, cluster, name):
        super().__init__(folder)
        self.cluster, self.name = cluster, name
        self.psql = None

    @property
    def address(self):
        return self.cluster.address(self.name)

    @property
    def keys(self):
        return self.folder / 'alongside.keys'

    def rows(self, statement):
        """Over one psql that stays: starting one for each look would be most of the work."""
        for attempt in (1, 2):
            try:
                return self.asked(statement)
            except (OSError, EOFError):                             # the server was away since
                self.close()
                if attempt == 2:
                    raise

    def asked(self, statement):
        if not self.psql:
            self.psql = subprocess.Popen(
                [tools() / 'psql', '-X', '-q', '-A', '-t', '-F', '\x1f', '-P', 'null=\x1e',
                 '-v', 'ON_ERROR_STOP=1', '-d', self.address],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                text=True)
        self.psql.stdin.write(f"{statement};\nSELECT '{END}';\n")
        self.psql.stdin.flush()
        lines = []
        while not lines or lines[-1] != END:
            line = self.psql.stdout.readline()
            if not line:
                raise EOFError(f'psql ended: {statement}')
            lines.append(line.removesuffix('\n'))
        return [[None if cell == '\x1e' else cell for cell in line.split('\x1f')]
                for line in lines[:-1]]

    def change(self, statement):
        self.cluster.psql(self.name, '-c', statement)

    def close(self):
        if self.psql:
            self.psql.kill()
            self.psql.communicate()
            self.psql = None


def as_copied(value, kind):
    """One cell in PostgreSQL's text form of COPY."""
    if value is None:
        return r'\N'
    if isinstance(value, bytes):
        return r'\\x' + value.hex()
    if kind == 'boolean':
        return 't' if value else 'f'
    text = str(value)
    for plain, written in (('\\', r'\\'), ('\t', r'\t'), ('\n', r'\n'), ('\r', r'\r')):
        text = text.replace(plain, written)
    return text


def fill(cluster, name, source):
    """Every row of an SQLite file into a PostgreSQL database that has the same tables."""
    found = Postgres(cluster.folder, cluster, name)
    kinds = {}
    for table, column, kind in found.rows(
            "SELECT table_name, column_name, data_type FROM information_schema.columns "
            "WHERE table_schema = 'public' ORDER BY table_name, ordinal_position"):
        kinds.setdefault(table, {})[column] = kind
    found.close()                                                   # it is to be copied
    script = ['SET session_replication_role = replica;\n']          # rows in any order
    with contextlib.closing(sqlite3.connect(source)) as opened:
        for table, columns in kinds.items():
            if table == 'schema_migration':
                continue
            names = ', '.join(f'"{c}"' for c in columns)
            script.append(f'TRUNCATE "{table}" CASCADE;\n')
        for table, columns in kinds.items():
            if table == 'schema_migration':
                continue
            names = ', '.join(f'"{c}"' for c in columns)
            script.append(f'COPY "{table}" ({names}) FROM STDIN;\n')
            for row in opened.execute(f'SELECT {names} FROM "{table}"'):
                script.append('\t'.join(map(as_copied, row, columns.values())) + '\n')
            script.append('\\.\n')
    cluster.psql(name, script=''.join(script))


class Nights:
    """Hands out fresh installations of one night, on either engine."""

    def __init__(self, folder):
        self.folder = folder
        self.made = make(folder)
        self.count = 0
        self.cluster = None
        self.databases = []

    def on(self, engine):
        self.count += 1
        folder = self.folder / f'n{self.count}'
        if engine == 'SQLite':
            return on_sqlite(self.made, folder)
        if not self.cluster:
            self.cluster = Cluster(self.folder)
            self.cluster.psql('postgres', '-c', 'CREATE DATABASE night')
            program.run('init', 'stony-mountain', '--database', self.cluster.address('night'),
                        folder=self.cluster.folder).must()
            fill(self.cluster, 'night', self.made / 'demo.db')
        name = f'night_{self.count}'
        self.cluster.psql('postgres', '-c', f'CREATE DATABASE {name} TEMPLATE night')
        database = Postgres(folder, self.cluster, name)
        copy_files(self.made, database)
        self.databases.append(database)
        return database

    def close(self):
        for database in self.databases:
            database.close()
        if self.cluster:
            with contextlib.suppress(AssertionError):
                self.cluster.stop()
