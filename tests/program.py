"""The real program, from outside: commands, `serve`, its answers over HTTP, and what it wrote.

Every test works in a scratch folder of its own, which goes at the end.
"""
import contextlib
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
import traceback
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = os.path.abspath(os.environ.get('ALONGSIDE', ROOT / 'build/release/alongside'))
PATIENCE_S = 20


class Tally:
    """Runs checks one after the other, says how each went, and counts."""

    def __init__(self):
        self.passed = self.failed = 0
        self.skipped = []

    def run(self, name, check, *arguments):
        began = time.monotonic()
        try:
            said = check(*arguments)
            self.passed += 1
            outcome = 'ok    '
        except Exception as trouble:                                # the next check still runs
            self.failed += 1
            outcome = 'FAILED'
            said = f'{type(trouble).__name__}: {trouble}'
            traceback.print_exc()
        note = f'  {said}' if said else ''
        print(f'{outcome} {name} ({time.monotonic() - began:.1f} s){note}', flush=True)

    def skip(self, name, why):
        self.skipped.append(name)
        print(f'left out: {name}: {why}', flush=True)

    def close(self):
        """The last line, and the exit code."""
        print(f'{self.passed} passed, {self.failed} failed', flush=True)
        return 1 if self.failed or not self.passed else 0


def same(found, wanted, what):
    if found != wanted:
        raise AssertionError(f'{what}: {found!r}, where {wanted!r} was to be')


def holds(condition, what):
    if not condition:
        raise AssertionError(what)


@contextlib.contextmanager
def scratch(keep=False):
    folder = pathlib.Path(tempfile.mkdtemp(prefix='alongside-'))
    try:
        yield folder
    finally:
        if keep:
            print(f'kept: {folder}')
        else:
            shutil.rmtree(folder, ignore_errors=True)


def wait_until(is_so, what, at_most_s=PATIENCE_S, every_s=0.02):
    """Seconds that it took."""
    began = time.monotonic()
    while not is_so():
        if time.monotonic() - began > at_most_s:
            raise AssertionError(f'waited {at_most_s} s for: {what}')
        time.sleep(every_s)
    return time.monotonic() - began


class Ran:
    """One command that has ended."""

    def __init__(self, words, code, out, err):
        self.words, self.code, self.out, self.err = words, code, out, err

    def json(self):
        return json.loads(self.out)

    def must(self, code=0):
        if self.code != code:
            raise AssertionError(f'alongside {" ".join(self.words)}: exit code {self.code}, where '
                                 f'{code} was to be\n{self.out}{self.err}')
        return self


def run(*words, folder, stdin='', timeout=60, env=None):
    words = [str(word) for word in words]
    ended = subprocess.run([BINARY, *words], cwd=folder, input=stdin, capture_output=True,
                           text=True, timeout=timeout, env={**os.environ, **(env or {})})
    return Ran(words, ended.returncode, ended.stdout, ended.stderr)


class NoAnswer(Exception):
    """The connection broke, or nobody listens: whether it was done is not known."""


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)

    def code(self):
        with contextlib.suppress(ValueError):
            return self.json().get('errorCode', '')
        return ''


class Client:
    """One connection, kept alive; one caller at a time."""

    def __init__(self, url, token='', tls=None, timeout=30):
        self.where = urllib.parse.urlsplit(url)
        self.token, self.tls, self.timeout = token, tls, timeout
        self.connection = None
        self.cookies = {}

    def connect(self):
        kind = http.client.HTTPConnection
        extra = {}
        if self.where.scheme == 'https':
            kind, extra = http.client.HTTPSConnection, {'context': self.tls}
        self.connection = kind(self.where.hostname, self.where.port, timeout=self.timeout, **extra)

    def send(self, method, path, body=None, headers=None):
        headers = dict(headers or {})
        if self.token:
            headers['Authorization'] = 'Bearer ' + self.token
        if self.cookies:
            headers['Cookie'] = '; '.join(f'{k}={v}' for k, v in self.cookies.items())
        if not self.connection:
            self.connect()
        try:
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
            text = answer.read().decode('utf-8', 'replace')
        except (OSError, http.client.HTTPException) as trouble:
            self.close()
            raise NoAnswer(str(trouble)) from trouble
        for cookie in answer.headers.get_all('Set-Cookie') or []:
            name, value = cookie.split(';')[0].split('=', 1)
            self.cookies[name] = value
        return Answer(answer.status, answer.headers, text)

    def get(self, path):
        return self.send('GET', path)

    def post(self, path, body=None, key=None):
        """JSON, as another program sends it."""
        headers = {'Content-Type': 'application/json'}
        if key:
            headers['Idempotency-Key'] = key
        return self.send('POST', path, json.dumps(body or {}), headers)

    def form(self, page, action, fields, once=True):
        """What a browser does: opens the page, fills its form in and sends it to `action`."""
        shown = self.get(page)
        token = re.search(r'name="csrf" value="([^"]+)"', shown.body)
        if token:
            fields = {**fields, 'csrf': token.group(1)}
        nonce = re.search(r'name="once" value="([^"]+)"', shown.body)
        if nonce and once:
            fields = {**fields, 'once': nonce.group(1)}
        return self.send('POST', action, urllib.parse.urlencode(fields),
                         {'Content-Type': 'application/x-www-form-urlencoded'})

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None


class Serve:
    """`alongside serve` on one installation. Its log is kept over restarts."""

    def __init__(self, database, *options, env=None, user=None):
        self.database, self.options = database, [str(o) for o in options]
        self.env, self.user = env or {}, user
        self.process = None
        self.url = ''
        self.starts = 0

    @property
    def log(self):
        return self.database.folder / 'serve.log'

    def start(self):
        """Seconds until it was ready."""
        began = time.monotonic()
        self.launch()
        self.await_ready()
        return time.monotonic() - began

    def launch(self):
        self.starts += 1
        out = self.database.folder / f'serve-{self.starts}.out'
        words = [BINARY, '--database', self.database.address, 'serve', '--port', '0',
                 *self.options]
        with open(out, 'w') as stdout, open(self.log, 'a') as stderr:
            self.process = subprocess.Popen(words, cwd=self.database.folder, stdout=stdout,
                                            stderr=stderr, env={**os.environ, **self.env},
                                            user=self.user)
        self.out = out

    def await_ready(self):
        def is_said():
            if self.process.poll() is not None:
                raise AssertionError(f'serve ended with {self.process.returncode}:\n'
                                     f'{self.log.read_text()[-2000:]}')
            found = re.search(r'Serving at (\S+)', self.out.read_text())
            if found:
                self.url = found.group(1)
            return bool(found)
        wait_until(is_said, 'serve says where it listens', every_s=0.005)

    def client(self, role=None, **more):
        return Client(self.url, self.database.token(role) if role else '', **more)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        """SIGTERM; the exit code."""
        if not self.process or self.process.poll() is not None:
            return self.process.returncode if self.process else None
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError('serve did not stop when told to') from None

    def __enter__(self):
        if not self.process:
            self.start()
        return self

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            self.kill()


class Database:
    """One installation's database and folder; SQLite unless a subclass says otherwise."""
    engine = 'SQLite'

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.tokens = {}

    @property
    def path(self):
        return self.folder / 'night.db'

    @property
    def address(self):
        return f'sqlite:{self.path}'

    @property
    def keys(self):
        return pathlib.Path(f'{self.path}.keys')

    def command(self, *words, **more):
        return run('--database', self.address, *words, folder=self.folder, **more)

    def token(self, role):
        """A token of another program, made by command the first time."""
        if role not in self.tokens:
            made = self.command('token', 'add', f'test {role}', '--role', role, '--json').must()
            self.tokens[role] = made.json()['token']
        return self.tokens[role]

    def rows(self, statement):
        """Lists of texts; None for null."""
        with contextlib.closing(sqlite3.connect(f'file:{self.path}?mode=ro', uri=True)) as opened:
            return [[None if v is None else str(v) for v in row]
                    for row in opened.execute(statement)]

    def change(self, statement):
        """By hand, as no part of the program would."""
        with contextlib.closing(sqlite3.connect(self.path)) as opened, opened:
            opened.execute(statement)

    def number(self, statement):
        return int(self.rows(statement)[0][0])

    def pairs(self, statement):
        return {row[0]: row[1] for row in self.rows(statement)}
