"""Backups while serving, restoring, and imports that are killed."""
import csv
import io
import subprocess

import program
from load import Load
from program import Serve, holds, same, wait_until

ROWS = {'SQLite': 6000, 'PostgreSQL': 2000}


def ledger_holds(database):
    verdict = database.command('ledger', 'verify', '--json').must().json()
    holds(verdict['intact'], f'the ledger: {verdict}')
    return verdict


def closed_request(load, client):
    """Asked and taken back; whose it was is still known, for the hours that the policy says."""
    asked = client.post('/api/v1/requests', {'scheme': 'pops',
                                             'prisonerNumber': load.residents[300]})
    same(asked.status, 201, asked.body)
    load.requests_before += 1
    request = asked.json()['requestId']
    same(client.post(f'/api/v1/requests/{request}/withdrawal',
                     {'isReportedByOfficer': True}).status, 204, 'taking it back')
    holds(is_known(client, request), 'whose it was is known before its time is up')
    return request


def is_known(client, request):
    return 'personReference' in client.get(f'/api/v1/requests/{request}').json()


def let_time_pass(database, request):
    """As if the hours were over after which nobody can know any more whose request it was."""
    database.change("UPDATE timer SET due_at = 1 WHERE kind = 'destroy_identity' "
                    f"AND subject = '{request}'")


def has_box(database, request):
    return database.number("SELECT COUNT(*) FROM request WHERE sealed IS NOT NULL "
                           f"AND request_id = '{request}'") == 1


def backed_up_and_restored(nights, engine):
    database = nights.on(engine)
    backup = database.folder / 'kept.backup'
    with Serve(database) as serve:
        with Load(database, serve.url) as load:
            load.wait_for(20)
            client = serve.client('officer')
            request = closed_request(load, client)
            before = list(load.steps)
            made = database.command('backup', backup, '--json').must().json()
            during = len(load.steps) - len(before)
            same(made['sizeBytes'], backup.stat().st_size, 'the size that it says')
            since = closed_request(load, client)
            load.wait_for(20)
            load.pause()
            load.check()
            let_time_pass(database, request)
            wait_until(lambda: not is_known(client, request), 'the identity is destroyed', 5)
            holds(not has_box(database, request), 'its box is gone as well')
        holds(database.command('restore', backup).code != 0, 'not beside a running serve')
        same(serve.stop(), 0, 'the exit code')
        later = database.number('SELECT COUNT(*) FROM request')
        restored = database.command('restore', backup, '--json').must().json()
        holds(has_box(database, request), 'the backup is from before')
        serve.start()
        same_state(database, before, later)
        client = serve.client('officer')
        holds(not is_known(client, request), 'whose it was stays destroyed')
        let_time_pass(database, request)
        wait_until(lambda: not has_box(database, request), 'its box goes here, too', 5)
        ledger_holds(database)
        stays_unknown_in_the_one_before(database, serve, restored, since)
        client = serve.client('officer')
        asked = client.post('/api/v1/requests', {'scheme': 'pops',
                                                 'prisonerNumber': load.residents[301]})
        same(asked.status, 201, f'and on it goes: {asked.body}')
    if engine == 'SQLite':
        holds(restored['before'] and program.pathlib.Path(restored['before']).exists(),
              'the one before is kept')
    return f'{during} steps answered while it was copied'


def stays_unknown_in_the_one_before(database, serve, restored, request):
    """The backup knew nothing of this request, so that no time would have come to forget it."""
    if database.engine != 'SQLite':
        return                                                      # PostgreSQL keeps none
    same(serve.stop(), 0, 'the exit code')
    now = database.command('restore', restored['before'], '--json').must().json()
    holds(has_box(database, request), 'the one before has its box')
    serve.start()
    holds(not is_known(serve.client('officer'), request), 'and nobody can open it')
    serve.stop()
    database.command('restore', now['before']).must()
    serve.start()


def same_state(database, before, later):
    """Everything that was acknowledged before the backup began; nothing half done."""
    states = database.pairs('SELECT request_id, state FROM request')
    for step in before:
        if step.kind == 'ask':
            holds(step.made('requestId') in states, 'an acknowledged request is in the backup')
        if step.kind == 'withdraw' and step.status == 204:
            same(states[step.path.split('/')[4]], 'closed', 'a withdrawn request')
    holds(len(states) <= later, 'and nothing that never was')
    # Of old requests only hours are kept, and no events.
    alone = database.number("SELECT COUNT(*) FROM request r WHERE r.identity_gone_at IS NULL "
                            "AND NOT EXISTS (SELECT 1 FROM request_event e "
                            "WHERE e.request_id = r.request_id)")
    same(alone, 0, 'requests without their first event')


# ---- imports ------------------------------------------------------------------------------------

def roll_of(database, more):
    """Everybody who is here, as they are, and so many more who arrive."""
    here = database.rows(
        "SELECT n.number, r.given_names, r.family_name, p.place FROM presence p JOIN person r "
        "ON r.person_id = p.person_id JOIN person_number n ON n.person_id = p.person_id "
        "WHERE p.until_at IS NULL AND r.kind = 'resident'")
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(['prisonerNumber', 'firstName', 'lastName', 'cellLocation'])
    rows.writerows(here)
    rows.writerows([f'{700000 + i}Z', 'Ada', 'Newcome', here[i % len(here)][3]]
                   for i in range(more))
    return out.getvalue(), len(here)


def killed_import(nights, engine):
    database = nights.on(engine)
    rows = ROWS[engine]
    text, here = roll_of(database, rows)
    (database.folder / 'roll.csv').write_text(text)
    database.token('officer')

    def left():
        return database.number('SELECT COUNT(*) FROM import_change')

    def state():
        return database.rows('SELECT state FROM import_run ORDER BY staged_at DESC')[0][0]
    with Serve(database) as serve:
        words = [program.BINARY, '--database', database.address, 'import', 'roll', 'roll.csv',
                 '--yes', '--json']
        with subprocess.Popen(words, cwd=database.folder, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True) as command:
            wait_until(lambda: database.number('SELECT COUNT(*) FROM import_run') == 1 and
                       state() == 'applying' and left() < rows * 0.8, 'it is half applied', 60,
                       every_s=0.002)
            serve.kill()
            said, problems = command.communicate(timeout=20)
        holds(command.returncode not in (0, None), 'the command says that it was cut off')
        holds('went away' in said + problems, f'in a sentence: {said!r} {problems!r}')
        undone = left()
        holds(0 < undone < rows, f'killed in the middle: {undone} of {rows} left')
        serve.start()
        wait_until(lambda: state() == 'applied', 'it goes on by itself to its end', 60)
        same(left(), 0, 'changes left')
        same(present(database), here + rows, 'people here')
        same(database.number("SELECT COUNT(*) FROM person WHERE family_name = 'Newcome'"), rows,
             'people who arrived')
        ledger_holds(database)
        again = database.command('import', 'roll', 'roll.csv', '--yes', '--json').must().json()
        same([again[k] for k in ('arrived', 'moved', 'left', 'bad')], [0, 0, 0, 0],
             'the same file again')
    return f'killed with {undone} of {rows} left'


def present(database):
    return database.number(
        "SELECT COUNT(*) FROM presence p JOIN person r ON r.person_id = p.person_id "
        "WHERE p.until_at IS NULL AND r.kind = 'resident'")


def all_of(nights, tally, engines):
    for engine in engines:
        tally.run(f'backup while serving, and restoring it, {engine}', backed_up_and_restored,
                  nights, engine)
    for engine in engines:
        tally.run(f'an import that is killed, {engine}', killed_import, nights, engine)
