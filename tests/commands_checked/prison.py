"""What the checks of the commands share: a prison that `init` made, and what it holds."""
import contextlib
import hashlib
import itertools
import sqlite3

import program
from program import holds, same

made = itertools.count(1)


class Prison(program.Database):
    """Stony Mountain, empty, on SQLite."""

    def __init__(self, folder, init=True):
        super().__init__(folder / f'prison{next(made)}')
        if init:
            program.run('init', 'stony-mountain', '--database', self.address, '--admin', 'boss',
                        '--scheme', 'pops', '--scheme', 'listeners', '--json',
                        folder=self.folder).must()

    def file(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def files(self):
        """Their names, but for what SQLite keeps beside an open database."""
        return sorted(path.name for path in self.folder.iterdir()
                      if not path.name.endswith(('-wal', '-shm')))

    def held(self):
        """Every row of every table, as one hash each."""
        with contextlib.closing(sqlite3.connect(f'file:{self.path}?mode=ro', uri=True)) as opened:
            tables = [row[0] for row in opened.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
            return {table: hashlib.sha256(repr(sorted(map(repr, opened.execute(
                f'SELECT * FROM "{table}"')))).encode()).hexdigest() for table in tables}

    def script(self, statements):
        """By hand, past every rule, as somebody who has the file might."""
        with contextlib.closing(sqlite3.connect(self.path)) as opened, opened:
            opened.execute('PRAGMA foreign_keys = OFF')
            opened.executescript(statements)

    @contextlib.contextmanager
    def unchanged(self, but=()):
        before = self.held()
        yield
        after = self.held()
        changed = [t for t in before if before[t] != after.get(t) and t not in but]
        holds(not changed and set(before) == set(after), f'tables that changed: {changed}')


def says(ran, code, *words):
    """The exit code, and a sentence with these words."""
    ran.must(code)
    text = ran.out + ran.err
    for word in words:
        holds(str(word) in text, f'“{word}” is missing in: {text!r}')
    holds(len(text.split()) >= 3, f'a sentence: {text!r}')
    holds('terminate called' not in text and 'exception' not in text.lower(), text)
    return ran


def one_value(ran, *names):
    """With --json: one JSON value, and nothing else."""
    lines = [line for line in ran.out.splitlines() if line]
    same(len(lines), 1, f'lines of JSON: {ran.out!r}')
    value = ran.json()
    for name in names:
        holds(name in value, f'{name} is missing in {value}')
    return value
