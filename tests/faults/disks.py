"""The disk full, broken, only to be read; the database locked by another program."""
import contextlib
import pathlib
import sqlite3
import subprocess
import threading
import time

import program
from load import Load
from program import Client, Serve, holds, same

SOURCE = pathlib.Path(__file__).resolve().parent / 'disk.c'


class Disk:
    """Fails on demand for the programs that are started with `env`. See disk.c."""

    def __init__(self, folder, of):
        self.library = folder / 'disk.so'
        if not self.library.exists():
            subprocess.run(['cc', '-shared', '-fPIC', '-O1', '-o', self.library, SOURCE, '-ldl'],
                           check=True, timeout=60)
        self.word = pathlib.Path(f'{of}.disk')
        self.env = {'LD_PRELOAD': str(self.library), 'ALONGSIDE_DISK': str(self.word),
                    'ALONGSIDE_DISK_OF': str(of)}

    @contextlib.contextmanager
    def being(self, word):
        self.word.write_text(word)
        try:
            yield
        finally:
            self.word.unlink()


def is_clear(answer, status, code):
    """A sentence for people and a code for programs."""
    same(answer.status, status, f'the status: {answer.body}')
    said = answer.json()
    same(said['errorCode'], code, 'the code')
    holds(len(said['userMessage'].split()) > 5, f'a sentence, not {said["userMessage"]!r}')


def says_nothing_of_anybody(database, serve):
    """No resident's or peer's number or name is in what the program printed."""
    text = serve.log.read_text() + ''.join(
        path.read_text() for path in database.folder.glob('serve-*.out'))
    for kind, words in (('number', database.rows('SELECT number FROM person_number')),
                        ('name', database.rows('SELECT family_name FROM person'))):
        for (word,) in words:
            holds(not word or len(word) < 4 or word not in text, f'a {kind} is in the log: {word}')


def survives(database, serve, load, trouble, status, code, still_reads=True):
    """Under load: a clear error while `trouble` lasts, nothing lost, and on it goes."""
    load.wait_for(12)
    process = serve.process.pid
    with trouble:
        load.faults.clear()
        is_clear(load.wait_for_fault(status), status, code)
        client = serve.client('officer')
        same(client.get('/health/live').status, 200, 'alive meanwhile')
        if still_reads:
            same(client.get('/api/v1/requests').status, 200, 'the open requests, meanwhile')
        others = set(load.faults) - {status}
        holds(not others, f'other errors: {[load.faults[o].body for o in others]}')
    load.wait_for(12)                                               # by itself
    load.pause()
    load.check()
    load.repeat(load.steps[-40:])
    load.check()
    holds(database.command('ledger', 'verify', '--json').must().json()['intact'], 'the ledger')
    same(client.get('/health/ready').status, 200, 'ready afterwards')
    same(serve.process.pid, process, 'the same process all along')
    says_nothing_of_anybody(database, serve)
    load.go_on()


@contextlib.contextmanager
def locked(database):
    """Another program that writes, for longer than the program waits."""
    other = sqlite3.connect(database.path, isolation_level=None, timeout=10)
    try:
        other.execute('BEGIN EXCLUSIVE')
        yield
    finally:
        other.execute('ROLLBACK')
        other.close()


def failing_disk(nights):
    database = nights.on('SQLite')
    disk = Disk(nights.folder, database.folder)
    serve = Serve(database, env=disk.env)
    troubles = [('full', disk.being('full'), 507, 'web.disk_full'),
                ('broken', disk.being('broken'), 503, 'web.not_available'),
                ('only to be read', disk.being('read-only'), 503, 'web.not_available'),
                ('locked by another program', locked(database), 503, 'web.not_available')]
    with serve, Load(database, serve.url) as load:
        for name, trouble, status, code in troubles:
            began = time.monotonic()
            survives(database, serve, load, trouble, status, code)
            print(f'       the disk or file {name}: {time.monotonic() - began:.1f} s', flush=True)
        same(serve.stop(), 0, 'the exit code')


def read_only_at_start(nights):
    database = nights.on('SQLite')
    database.token('officer')
    disk = Disk(nights.folder, database.folder)
    for word in ('read-only', 'full'):
        with disk.being(word):
            refused = database.command('serve', '--port', '0', env=disk.env, timeout=10).must(4)
        holds(len(refused.err.split()) > 6, f'a sentence: {refused.err!r}')
    with Serve(database, env=disk.env) as serve:
        same(serve.client('officer').get('/api/v1/requests').status, 200, 'once it is well')


def second_serve(nights, engine):
    database = nights.on(engine)
    with Serve(database) as serve:
        second = database.command('serve', '--port', '0', timeout=15).must(1)
        holds(f'process {serve.process.pid}' in second.err, f'who has it: {second.err!r}')
        refused = database.command('restore', database.folder / 'none.db', timeout=15)
        holds(refused.code != 0, 'restoring beside a running serve is refused')
        same(serve.client('officer').get('/api/v1/requests').status, 200, 'the first goes on')
        serve.kill()
        serve.start()                                               # a killed one holds nothing
        same(serve.client('officer').get('/api/v1/requests').status, 200, 'started again')


def stops_gracefully(nights):
    """SIGTERM while a request is being answered: it is answered, and then the program ends."""
    database = nights.on('SQLite')
    with Serve(database) as serve:
        client = serve.client('officer')
        number = database.rows('SELECT number FROM person_number ORDER BY number')[60][0]
        heard = []

        def ask():
            heard.append(client.post('/api/v1/requests',
                                     {'scheme': 'pops', 'prisonerNumber': number}))
        with locked(database):
            asking = threading.Thread(target=ask)
            asking.start()
            time.sleep(0.4)
            holds(not heard, 'the request waits')
            serve.process.terminate()
            time.sleep(0.4)
            holds(serve.process.poll() is None, 'the program waits for it')
            holds(not connects(serve.url), 'and takes nobody new')
        asking.join(timeout=10)
        same([answer.status for answer in heard], [201], 'the request that was under way')
        same(serve.process.wait(timeout=10), 0, 'the exit code')
    same(database.number("SELECT COUNT(*) FROM request WHERE request_id = "
                         f"'{heard[0].json()['requestId']}'"), 1, 'the request afterwards')


def connects(url):
    try:
        Client(url, timeout=1).get('/health/live')
        return True
    except program.NoAnswer:
        return False


def all_of(nights, tally, engines):
    tally.run('a disk that is full, broken, read-only; a locked file', failing_disk, nights)
    tally.run('starting on such a disk', read_only_at_start, nights)
    for engine in engines:
        tally.run(f'a second serve, {engine}', second_serve, nights, engine)
    tally.run('SIGTERM while a request is answered', stops_gracefully, nights)
