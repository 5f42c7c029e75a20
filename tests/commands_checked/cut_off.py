"""A restore that is killed: nobody can be told who asked whom the restored state doesn't know, and
no key goes that the database which remains needs."""
import os
import shutil
import time

import program
from program import Serve, holds, same

HEAD = 'prisonerNumber,firstName,lastName,cellLocation\n'
# Stands where pg_restore is looked for. It kills the command that started it before the database
# is touched, or when it is replaced; what it only reads, it reads.
KILLER = '''#!/bin/sh
case "$*" in *--clean*) ;; *) exec {real} "$@";; esac
if [ {when} = after ]; then {real} "$@"; kill -9 $PPID; exit; fi
kill -9 $PPID
sleep 0.3
exec {real} "$@"
'''


def asks(serve, number):
    """The request."""
    made = serve.client('officer').post('/api/v1/requests',
                                        {'scheme': 'pops', 'prisonerNumber': number})
    same(made.status, 201, made.body)
    return made.json()['requestId']


def key_of(database, request):
    """Where its key stands in the file of keys, which holds 32 bytes for each after 32 of text."""
    found = database.number(f"SELECT key_slot FROM request WHERE request_id = '{request}'")
    return lambda: database.keys.read_bytes()[32 + 32 * found:][:32]


def backed_up_in_between(database):
    """Ana asks, `one.backup`, Bea asks, `two.backup`; both keys."""
    (database.folder / 'roll.csv').write_text(HEAD + '100001A,Ana,Arden,A-1-001\n'
                                              '100002B,Bea,Birch,A-1-002\n')
    database.command('import', 'roll', 'roll.csv', '--yes').must()
    database.token('officer')
    with Serve(database) as serve:
        ana = key_of(database, asks(serve, '100001A'))
        database.command('backup', 'one.backup').must()
        bea = key_of(database, asks(serve, '100002B'))
        database.command('backup', 'two.backup').must()
        serve.stop()
    holds(any(ana()) and any(bea()), 'both can be told')
    return ana, bea


def requests(database):
    return database.number('SELECT COUNT(*) FROM request')


def notes(database):
    return sorted(path.name for path in database.folder.glob('*.restoring*'))


def replaced(database):
    """What a restore leaves that is killed when the database is replaced, and no more is done."""
    if database.engine == 'PostgreSQL':
        killed(database, 'after')
        return
    shutil.copy(database.folder / 'one.backup', database.path)
    database.path.with_name(database.path.name + '.keys.restoring').touch(0o600)


def killed(database, when):
    folder = database.folder / f'killing-{when}'
    folder.mkdir(exist_ok=True)
    tool = folder / 'pg_restore'
    tool.write_text(KILLER.format(real=shutil.which('pg_restore'), when=when))
    tool.chmod(0o755)
    ran = database.command('restore', 'one.backup',
                           env={'PATH': f'{folder}:{os.environ["PATH"]}'})
    same(ran.code, -9, 'how it ended')


def starts_after(database):
    ana, bea = backed_up_in_between(database)
    replaced(database)
    same(requests(database), 1, 'the restored state')
    holds(notes(database), 'what is owed is written down')
    with Serve(database) as serve:
        serve.stop()
    holds(any(ana()), 'she asked before the backup')
    holds(not any(bea()), 'nothing would remember to destroy her key')
    same(notes(database), [], 'nothing is owed any more')


def restores_after(database):
    ana, bea = backed_up_in_between(database)
    replaced(database)
    database.command('restore', 'one.backup').must()
    holds(any(ana()) and not any(bea()), 'who asked since can not be told, as it says')
    database.command('restore', 'two.backup').must()
    holds(requests(database) == 2 and not any(bea()), 'nor by a later backup')


def leaves_all_when_nothing_came_of_it(database):
    """PostgreSQL's own tool must not go on for a command that is gone."""
    ana, bea = backed_up_in_between(database)
    killed(database, 'before')
    time.sleep(1)
    same(requests(database), 2, 'nothing was replaced')
    with Serve(database) as serve:
        serve.stop()
    holds(any(ana()) and any(bea()), 'both requests are open still')
    same(notes(database), [], 'nothing is owed any more')
