"""migrate, backup, restore: a backup first, nothing half done, clear refusals."""
import re
import shutil

import cut_off
import program
from prison import Prison, one_value, says
from program import Serve, holds, same

LAST = sorted((program.ROOT / 'migrations').glob('*.sql'))[-1]


def as_older():
    """Statements that leave what a program before the last migration would have left; a table
    that it drops is there again, and empty; an index, too."""
    renamed = dict(re.findall(r'^ALTER TABLE (\w+) RENAME TO (\w+)', LAST.read_text(), re.M))
    made = [(kind, renamed.get(name, name)) for kind, name in re.findall(
        r'^CREATE (?:UNIQUE )?(TABLE|INDEX) (\w+)', LAST.read_text(), re.M)]
    added = re.findall(r'^ALTER TABLE (\w+) ADD COLUMN (\w+)', LAST.read_text(), re.M)
    holds(made or added, f'{LAST.name} makes something')
    earlier = ''.join(path.read_text() for path in sorted(LAST.parent.glob('*.sql'))[:-1])
    dropped = ''.join(
        re.search(rf'^CREATE TABLE {name} \(.*?^\);', earlier, re.M | re.S).group(0)
        for name in re.findall(r'^DROP TABLE (\w+);', LAST.read_text(), re.M)) + ''.join(
        re.findall(rf'^CREATE (?:UNIQUE )?INDEX {name}\b[^;]*;', earlier, re.M)[-1]
        for name in re.findall(r'^DROP INDEX (\w+);', LAST.read_text(), re.M))
    return ''.join(f'DROP {kind} {name};' for kind, name in made if kind == 'INDEX') + ''.join(
        f'DROP TABLE {name};' for kind, name in reversed(made) if kind == 'TABLE') + ''.join(
        f'ALTER TABLE {table} DROP COLUMN {column};' for table, column in added) + dropped + (
        f"DELETE FROM schema_migration WHERE name = '{LAST.name}';")


def migrates(folder):
    prison = Prison(folder)
    same(one_value(prison.command('migrate', '--json').must()), {'applied': [], 'backup': ''},
         'nothing to do')
    prison.script(as_older())
    for words in (('serve', '--port', '0'), ('account', 'list')):
        says(prison.command(*words), 2, 'older than the program', 'alongside migrate')
    before = prison.held()
    done = one_value(prison.command('migrate', '--json').must())
    same(done['applied'], [LAST.name], 'what was applied')
    older = Prison(folder, init=False)
    shutil.copy(done['backup'], older.path)
    same(older.held(), before, 'the backup is from before')
    for words in (('account', 'list'), ('ledger', 'verify')):
        prison.command(*words).must()                               # it can be used again


def migrate_refuses(folder):
    cases = [('altered', "UPDATE schema_migration SET checksum = 'x' WHERE name LIKE '0003%';",
              '0003', 'has changed'),
             ('newer', "INSERT INTO schema_migration VALUES ('0999_x.sql', 'x', 1);",
              '0999_x.sql', 'newer'),
             ('missing', "DELETE FROM schema_migration WHERE name LIKE '0004%';",
              '0004', 'was not applied')]
    for what, script, *words in cases:
        prison = Prison(folder)
        prison.script(script)
        with prison.unchanged():
            for command in (('migrate',), ('serve', '--port', '0'), ('account', 'list')):
                says(prison.command(*command), 1, *words)
    other = Prison(folder, init=False)
    other.script('CREATE TABLE theirs (n INTEGER);')
    with other.unchanged():
        for command in (('init', 'stony-mountain'), ('serve', '--port', '0'), ('migrate',)):
            says(other.command(*command), 1, 'not one of Alongside')
    none = Prison(folder, init=False)
    says(none.command('migrate'), 2, 'There is no database', 'alongside init')
    same(list(none.folder.iterdir()), [], f'files after {what}')


def migrate_beside_serve(folder):
    prison = Prison(folder)
    with Serve(prison):
        says(prison.command('migrate'), 1, 'served by')


def backs_up(folder):
    prison = Prison(folder)
    made = one_value(prison.command('backup', 'one.backup', '--json').must(), 'sizeBytes')
    same(made['file'], str(prison.folder / 'one.backup'), 'which file')
    with Serve(prison):
        prison.command('backup', 'two.backup').must()               # through the socket
        for words, sentence in refusals(prison):
            with prison.unchanged():
                says(prison.command('backup', *words), *sentence)
    for name in ('one.backup', 'two.backup'):
        same(oct((prison.folder / name).stat().st_mode & 0o777), '0o600', f'who may read {name}')
    kept = (prison.folder / 'one.backup').read_bytes()
    key = prison.keys.read_bytes()[32:64]
    holds(any(key) and key not in kept, 'identity keys stay out')
    holds(not list(prison.folder.glob('*.part')), 'nothing half written is left')


def refusals(prison):
    prison.file('there.txt', 'mine')
    yield ('there.txt',), (2, 'there.txt', 'already')
    yield ('none/x.backup',), (2, 'no folder', 'none')
    yield (prison.folder,), (2, 'already')
    yield ('/proc/x.backup',), (4, 'did not work')
    yield (), (2, 'file')


def restores(folder):
    prison = Prison(folder)
    prison.command('account', 'add', 'before', '--role', 'officer').must()
    prison.command('backup', 'kept.backup').must()
    backup = (prison.folder / 'kept.backup').read_bytes()
    wanted = prison.held()['account']
    prison.command('account', 'add', 'after', '--role', 'officer').must()
    later = prison.held()
    done = one_value(prison.command('restore', 'kept.backup', '--json').must(), 'restored')
    same(prison.held()['account'], wanted, 'the accounts')
    same((prison.folder / 'kept.backup').read_bytes(), backup, 'the backup itself is untouched')
    aside = Prison(folder, init=False)
    shutil.copy(done['before'], aside.path)
    same(aside.held(), later, 'the one before is kept')
    again = prison.command('restore', 'kept.backup', '--json').must().json()
    holds(again['before'] != done['before'], 'and so is the next')
    with Serve(prison) as serve:
        same(serve.client().get('/health/ready').status, 200, 'it serves')


def restore_refuses(folder):
    prison = Prison(folder)
    prison.command('backup', 'good.backup').must()
    good = (prison.folder / 'good.backup').read_bytes()
    newer, foreign, forged = (Prison(folder) for _ in range(3))
    newer.script("INSERT INTO schema_migration VALUES ('0999_x.sql', 'x', 1)")
    foreign.script('DROP TABLE schema_migration; ALTER TABLE establishment RENAME TO other')
    forged.script("UPDATE ledger_entry SET verb = 'x' WHERE seq = 2")
    bad = {'empty': b'', 'text': b'not a database at all\n' * 50,
           'cut short': good[:len(good) // 2], 'scrambled': good[:8192] + bytes(len(good) - 8192),
           'newer': newer.path.read_bytes(), 'foreign': foreign.path.read_bytes(),
           'forged': forged.path.read_bytes()}
    before = prison.files()
    for what, content in bad.items():
        name = prison.file(f'{what.replace(" ", "-")}.backup', content).name
        with prison.unchanged():
            ran = prison.command('restore', name)
            holds(ran.code in (2, 4), f'{what}: exit code {ran.code}')
            says(ran, ran.code, 'backup')
        (prison.folder / name).unlink()
    says(prison.command('restore', 'none.backup'), 2, 'no file', 'none.backup')
    says(prison.command('restore', '.'), 2, 'no file')
    other = Prison(folder)                          # the same program, another prison
    other.script("UPDATE establishment SET establishment_id = 'OTH'")
    other.path.rename(prison.folder / 'other.backup')
    with prison.unchanged():
        says(prison.command('restore', 'other.backup'), 2, 'another installation', 'OTH', 'SMI')
    (prison.folder / 'other.backup').unlink()
    same(prison.files(), before, 'files afterwards')
    with Serve(prison), prison.unchanged():
        says(prison.command('restore', 'good.backup'), 1, 'served by')


def restores_cut_off(folder):
    cut_off.starts_after(Prison(folder))
    cut_off.restores_after(Prison(folder))


def restores_over_a_ruin(folder):
    """What is there is broken: that is when one restores."""
    prison = Prison(folder)
    prison.command('backup', 'kept.backup').must()
    wanted = prison.held()['account']
    prison.path.write_bytes(b'ruined' * 1000)
    prison.command('restore', 'kept.backup').must()
    same(prison.held()['account'], wanted, 'the accounts')
    prison.path.unlink()
    prison.command('restore', 'kept.backup').must()
    same(prison.held()['account'], wanted, 'where nothing was')


def restores_beside_a_left_log(folder):
    """The file is gone, what SQLite kept beside it is not: it belongs to no other file."""
    prison = Prison(folder)
    head = next(iter(one_value(prison.command('backup', 'kept.backup', '--json').must(),
                               'ledgerHeads')['ledgerHeads'].values()))
    wanted = prison.held()['account']
    with Serve(prison) as serve:
        prison.command('account', 'add', 'after', '--role', 'officer').must()
        serve.kill()
    log = prison.path.with_name(prison.path.name + '-wal')
    holds(log.stat().st_size > 0, 'the killed program left its log')
    prison.path.unlink()
    prison.command('restore', 'kept.backup').must()
    same(prison.held()['account'], wanted, 'the accounts of the backup, and nobody else')
    says(prison.command('ledger', 'verify', '--head', head), 0, 'every one')


def a_torn_page_is_no_backup(folder):
    prison = Prison(folder)
    prison.command('backup', 'kept.backup').must()
    torn = bytearray((prison.folder / 'kept.backup').read_bytes())
    pages = len(torn) // 4096
    for page in range(pages // 2, pages // 2 + 8):
        torn[page * 4096:page * 4096 + 200] = b'\xa5' * 200
    prison.file('torn.backup', bytes(torn))
    with prison.unchanged():
        says(prison.command('restore', 'torn.backup'), 2, 'not a whole backup')


def verifies_a_backup_alone(folder):
    """An auditor has the copy, and no secret."""
    prison = Prison(folder)
    prison.command('backup', 'kept.backup').must()
    alone = Prison(folder, init=False)
    shutil.copy(prison.folder / 'kept.backup', alone.path)
    same(one_value(alone.command('ledger', 'verify', '--json').must())['intact'], True, 'whole')
    says(prison.command('restore', prison.path.name), 2, 'the database itself')


def through_a_link(folder):
    """However it is named, it is one database: one lease, one socket, one file of keys."""
    prison = Prison(folder)
    linked = Prison(folder, init=False)
    linked.path.symlink_to(prison.path)
    with Serve(prison):
        says(linked.command('serve', '--port', '0', timeout=15), 1, 'served by')
        linked.command('account', 'add', 'ann', '--role', 'officer').must()
    same(sorted(path.name for path in linked.folder.iterdir()), [linked.path.name], 'files')


def damaged_keys(folder):
    """Who asked is lost with the keys; that it is lost is said."""
    prison = Prison(folder)
    prison.file('roll.csv', 'prisonerNumber,firstName,lastName,cellLocation\n'
                '100001A,Ann,Hill,A-1-001\n')
    prison.command('import', 'roll', 'roll.csv', '--yes').must()
    token = prison.command('token', 'add', 't', '--role', 'officer', '--json').must().json()
    with Serve(prison) as serve:
        asked = program.Client(serve.url, token['token']).post(
            '/api/v1/requests', {'scheme': 'pops', 'prisonerNumber': '100001A'})
        same(asked.status, 201, 'asked')
    keys = prison.path.with_name(prison.path.name + '.keys')
    keys.write_bytes(keys.read_bytes()[:100])
    with Serve(prison) as serve:
        said = serve.log.read_text()
    holds('does not fit this database: of 1 open' in said, f'it is said: {said}')


def all_of(folder, tally):
    tally.run('ledger verify of a backup alone', verifies_a_backup_alone, folder)
    tally.run('a database through a link', through_a_link, folder)
    tally.run('identity keys that are damaged', damaged_keys, folder)
    tally.run('migrate: a backup first', migrates, folder)
    tally.run('migrate refuses what does not fit', migrate_refuses, folder)
    tally.run('migrate beside serve', migrate_beside_serve, folder)
    tally.run('backup, and what it refuses', backs_up, folder)
    tally.run('restore', restores, folder)
    tally.run('restore refuses, and changes nothing', restore_refuses, folder)
    tally.run('restore that is killed', restores_cut_off, folder)
    tally.run('restore over a ruin', restores_over_a_ruin, folder)
    tally.run('restore beside a log that was left', restores_beside_a_left_log, folder)
    tally.run('a torn page is no backup', a_torn_page_is_no_backup, folder)
