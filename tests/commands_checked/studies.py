"""`evidence evaluate`: a plan's hash in the ledger, and reports that are whole or not there."""
import json
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import time

import program
from prison import Prison, one_value, says
from program import Serve, holds, run, same

PARTS = {'report.html': b'</html>', 'report.pdf': b'%%EOF', 'report.json': b'}'}


def study(folder, name='plan'):
    """A folder with a plan and its data; the plan's file."""
    place = pathlib.Path(folder)
    place.mkdir(exist_ok=True)
    shutil.copy(program.ROOT / 'tests/evidence/Rossi.csv', place)
    text = (program.ROOT / 'docs/examples/rossi.toml').read_text()
    plan = place / f'{name}.toml'
    plan.write_text(text.replace('../../tests/evidence/', ''))
    return plan


def entries(rows):
    return rows("SELECT seq, subjects, actor FROM ledger_entry WHERE verb = 'study.locked'")


def enters_once(database, rows):
    """Locks a plan twice, and evaluates it: alone, then beside serve."""
    plan = study(database.folder)
    locked = one_value(database.command('evidence', 'evaluate', plan, '--lock', '--json').must(),
                       'hash', 'ledger')
    same(locked['ledger']['establishment'], 'SMI', 'whose ledger')
    again = one_value(database.command('evidence', 'evaluate', plan, '--lock', '--json').must())
    same(again, locked, 'locked again: the same lock, the same entry')
    found = entries(rows)
    same([str(row[0]) for row in found], [str(locked['ledger']['entry'])], 'one entry')
    subjects = found[0][1].split()
    same(subjects[0], locked['hash'], 'of the lock')
    holds(len(subjects) == 3 and all(len(one) == 64 for one in subjects), 'hashes alone')
    says(database.command('ledger', 'study', locked['hash']), 0, locked['ledger']['entry'], 'SMI')
    other = study(database.folder, 'other')
    other.write_text(other.read_text().replace('seed = 1', 'seed = 2'))
    with Serve(database):
        beside = one_value(database.command('evidence', 'evaluate', other, '--lock',
                                            '--json').must())
        holds(beside['ledger']['entry'] > locked['ledger']['entry'], 'a later entry')
        same([one['entry'] for one in beside['ledger']['earlier']], [locked['ledger']['entry']],
             'another plan over the same data')
        report = one_value(database.command('evidence', 'evaluate', plan, '--out', 'report',
                                            '--json').must())
        same(report['plan']['ledger'], locked['ledger'], 'what the report says')
        database.command('ledger', 'verify').must()
    page = (database.folder / 'report/report.html').read_text()
    entry = f"entry {locked['ledger']['entry']} of the ledger of SMI"
    same(page.count(entry), 2, 'on the first page and in the methods')
    same(len(entries(rows)), 2, 'entries')
    database.command('ledger', 'verify').must()


def ledger_on_sqlite(folder):
    prison = Prison(folder)

    def rows(statement):
        with program.contextlib.closing(program.sqlite3.connect(prison.path)) as opened:
            return opened.execute(statement).fetchall()
    enters_once(prison, rows)


def locked_elsewhere(folder):
    """Outside an installation nothing is asked; the ledger says what it doesn't have."""
    prison = Prison(folder)
    plan = study(prison.folder)
    locked = one_value(run('evidence', 'evaluate', plan, '--lock', '--json', folder=folder).must())
    same(locked['ledger'], None, 'no installation')
    with prison.unchanged():
        said = prison.command('evidence', 'evaluate', plan, '--out', 'report').must()
        holds('is not in the ledger of SMI' in said.out, said.out)
        says(prison.command('ledger', 'study', locked['hash']), 0, 'No plan')
        says(prison.command('ledger', 'study', 'ab12'), 2, 'no plan\'s hash')
    page = (prison.folder / 'report/report.html').read_text()
    holds('not in the ledger of SMI' in page, 'the report says so')
    again = one_value(run('evidence', 'evaluate', plan, '--lock', '--json', folder=folder).must())
    same(again, locked, 'locked once more: nothing changes')
    run('evidence', 'evaluate', plan, '--out', prison.folder / 'alone', folder=folder).must()
    page = (prison.folder / 'alone/report.html').read_text()
    holds('in no ledger' in page, 'nobody vouches for it')
    late = one_value(prison.command('evidence', 'evaluate', plan, '--lock', '--json').must())
    same((late['hash'], late['locked_at']), (locked['hash'], locked['locked_at']), 'the same lock')
    holds(late['ledger']['entry'] > 0, 'entered now')


def locked_anew(folder):
    """A lock that was deleted leaves its entry: the next plan of the study is told apart."""
    prison = Prison(folder)
    plan = study(prison.folder)
    first = one_value(prison.command('evidence', 'evaluate', plan, '--lock', '--json').must())
    plan.with_suffix('.lock').unlink()
    plan.write_text(plan.read_text().replace('horizon = 52', 'horizon = 26'))
    data = prison.folder / 'Rossi.csv'
    whole = data.read_text()
    data.write_text('\n'.join(whole.splitlines()[:-1]) + '\n')     # the title still tells
    anew = one_value(prison.command('evidence', 'evaluate', plan, '--lock', '--json').must())
    same([one['entry'] for one in anew['ledger']['earlier']], [first['ledger']['entry']], 'told')
    prison.command('evidence', 'evaluate', plan, '--out', 'report').must()
    page = (prison.folder / 'report/report.html').read_text()
    holds(f"locked before it: entry {first['ledger']['entry']}" in page, 'the report says so')
    data.write_text(whole)
    said = prison.command('evidence', 'evaluate', plan, '--out', 'report').must()
    holds('its data, was changed after it was locked, in 1 place' in said.out, said.out)
    page = (prison.folder / 'report/report.html').read_text()
    holds('file Rossi.csv: locked as' in page, 'the data are not those of the lock')
    says(prison.command('evidence', 'evaluate', plan, '--lock'), 2, 'renewed')


def ledger_that_cannot_be_asked(folder):
    """Then no lock is written: it would say more than is so."""
    prison = Prison(folder)
    plan = study(prison.folder)
    for where in (['--database', 'sqlite:none.db'],
                  ['--database', prison.address, '--establishment', 'XYZ']):
        said = run(*where, 'evidence', 'evaluate', plan, '--lock', '--json', folder=prison.folder)
        refused = one_value(said.must(2), 'userMessage')
        holds(refused['userMessage'].startswith("The ledger can't be asked"), refused)
    holds(not plan.with_suffix('.lock').exists(), 'no lock')
    plan.write_text(plan.read_text().replace('seed = 1', 'sede = 1'))
    with prison.unchanged():
        says(prison.command('evidence', 'evaluate', plan, '--lock'), 2, 'plan.toml:', 'seed')


def whole(report):
    """Every part of a report, with its end; its title."""
    for name, end in PARTS.items():
        holds((report / name).read_bytes().rstrip().endswith(end), f'{name} is whole')
    tables = json.loads((report / 'report.json').read_text())['tables']
    same(sorted(path.stem for path in (report / 'numbers').iterdir()), sorted(tables), 'numbers')
    return json.loads((report / 'report.json').read_text())['question']


def started(plan, *more):
    return subprocess.Popen([program.BINARY, 'evidence', 'evaluate', str(plan), '--out', 'report',
                             *more], cwd=plan.parent, stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)


def killed(folder):
    """SIGKILL while it writes, sooner and later: an old report stays, or the new one is whole."""
    plan = study(folder / 'killed')
    run('evidence', 'evaluate', plan, '--lock', folder=plan.parent).must()
    report, part = plan.parent / 'report', plan.parent / '.report.part'
    in_the_middle = 0
    for number in range(24):
        question = f'Question {number}?'
        lines = plan.read_text().splitlines()
        plan.write_text(''.join(f'question = "{question}"\n' if line.startswith('question')
                                else line + '\n' for line in lines))
        before = whole(report) if report.exists() else None
        writes = started(plan)
        while writes.poll() is None and not part.exists():
            pass
        time.sleep(number % 8 * 0.0005)
        writes.send_signal(signal.SIGKILL)
        writes.wait()
        in_the_middle += part.exists()
        if report.exists():
            holds(whole(report) in (before, question), 'the old one or the new one')
        else:
            same(before, None, 'an old report is never lost')
    holds(in_the_middle > 0, 'at least one was killed while it wrote')
    run('evidence', 'evaluate', plan, '--out', 'report', folder=plan.parent).must()
    same(whole(report), 'Question 23?', 'the next takes its place')
    same(sorted(p.name for p in plan.parent.iterdir()),
         ['Rossi.csv', 'plan.lock', 'plan.toml', 'report'], 'and clears what was left')
    return f'{in_the_middle} of 24 while it wrote'


def full_disk(folder):
    """No room for the page, for the PDF, for the last file: nothing new is there, the old stays."""
    plan = study(folder / 'full')
    run('evidence', 'evaluate', plan, '--lock', folder=plan.parent).must()

    def cramped(most):
        def limits():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        words = [program.BINARY, 'evidence', 'evaluate', str(plan), '--out', 'report']
        return subprocess.run(words, cwd=plan.parent, capture_output=True, text=True,
                              preexec_fn=limits)
    names = ['Rossi.csv', 'plan.lock', 'plan.toml']
    for old in (False, True):
        if old:
            run('evidence', 'evaluate', plan, '--out', 'report', folder=plan.parent).must()
            names.append('report')
        sizes = [path.stat().st_size for path in (plan.parent / 'report').glob('report.*')]
        for most in [10, 5000, *(size - 1 for size in sizes)]:
            ended = cramped(most)
            same(ended.returncode, 2, f'with {most} bytes')
            holds("can't be written" in ended.stderr, ended.stderr)
            same(sorted(p.name for p in plan.parent.iterdir()), names, f'with {most} bytes')
            if old:
                whole(plan.parent / 'report')
    plan.with_suffix('.lock').unlink()

    def lock():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
    ended = subprocess.run([program.BINARY, 'evidence', 'evaluate', str(plan), '--lock'],
                           cwd=plan.parent, capture_output=True, text=True, preexec_fn=lock)
    same(ended.returncode, 2, 'a lock')
    holds(not [p for p in os.listdir(plan.parent) if 'lock' in p], 'no part of a lock')


def all_of(folder, tally):
    tally.run('study: the hash goes to the ledger', ledger_on_sqlite, folder)
    tally.run('study: locked outside an installation', locked_elsewhere, folder)
    tally.run('study: locked anew', locked_anew, folder)
    tally.run('study: no lock without the ledger', ledger_that_cannot_be_asked, folder)
    tally.run('study: a report killed while it is written', killed, folder)
    tally.run('study: a report on a full disk', full_disk, folder)
