"""init, migrate, backup, restore where the database is PostgreSQL's."""
import cut_off
import night
import program
from keeping_whole import LAST, as_older
from prison import one_value, says
from program import Serve, holds, same
from studies import enters_once


def make(folder, cluster, name):
    cluster.psql('postgres', '-c', f'CREATE DATABASE {name}')
    database = night.Postgres(folder / name, cluster, name)
    shown = one_value(database.command('init', 'stony-mountain', '--scheme', 'pops', '--json'),
                      'oneTimePassword')
    same(shown['establishment'], 'SMI', 'the prison')
    return database


def accounts(database):
    return sorted(row[0] for row in database.rows('SELECT sign_in_name FROM account'))


def inits(folder, cluster):
    database = make(folder, cluster, 'inits')
    says(database.command('init', 'stony-mountain', '--admin', 'other'), 1, 'SMI', 'already')
    same(accounts(database), ['admin'], 'nobody was added')
    with Serve(database) as serve:
        same(serve.client().get('/health/ready').status, 200, 'it serves')
        database.command('account', 'add', 'ann', '--role', 'officer').must()
    same(accounts(database), ['admin', 'ann'], 'by command, beside serve')


def migrates(folder, cluster):
    database = make(folder, cluster, 'migrates')
    cluster.psql('migrates', script=as_older())
    database.close()
    says(database.command('serve', '--port', '0', timeout=15), 2, 'alongside migrate')
    done = one_value(database.command('migrate', '--json').must())
    same(done['applied'], [LAST.name], 'what was applied')
    kept = program.pathlib.Path(done['backup'])
    holds(kept.read_bytes().startswith(b'PGDMP'), 'a backup first')
    same(oct(kept.stat().st_mode & 0o777), '0o600', 'who may read it')
    database.command('ledger', 'verify').must()
    cluster.psql('migrates', '-c', "UPDATE schema_migration SET checksum = 'x' "
                 "WHERE name LIKE '0003%'")
    says(database.command('migrate'), 1, '0003', 'has changed')


def restores(folder, cluster):
    database = make(folder, cluster, 'restores')
    database.command('account', 'add', 'before', '--role', 'officer').must()
    database.command('backup', 'kept.backup', '--json').must()
    database.command('account', 'add', 'after', '--role', 'officer').must()
    says(database.command('backup', 'kept.backup'), 2, 'already')
    cluster.psql('postgres', '-c', 'CREATE DATABASE foreign_one')
    cluster.psql('foreign_one', '-c', 'CREATE TABLE account (sign_in_name TEXT)')
    cluster.call('pg_dump', '--format=custom', f'--file={cluster.folder}/foreign.backup',
                 f'--dbname={cluster.address("foreign_one")}')
    whole = (database.folder / 'kept.backup').read_bytes()
    (database.folder / 'cut.backup').write_bytes(whole[:len(whole) // 2])
    for name in (cluster.folder / 'foreign.backup', 'cut.backup', 'alongside.pepper', 'none'):
        refused = database.command('restore', name)
        holds(refused.code == 2, f'{name}: {refused.code}')
        same(accounts(database), ['admin', 'after', 'before'], f'after {name}')
    other = make(folder, cluster, 'another_prison')
    cluster.psql('another_prison', script="SET session_replication_role = replica;"
                 "UPDATE establishment SET establishment_id = 'OTH'")
    cluster.call('pg_dump', '--format=custom', f'--file={cluster.folder}/other.backup',
                 f'--dbname={cluster.address("another_prison")}')
    other.close()
    says(database.command('restore', cluster.folder / 'other.backup'), 2,
         'another installation', 'OTH', 'SMI')
    same(accounts(database), ['admin', 'after', 'before'], 'after another prison\'s')
    with Serve(database):
        says(database.command('restore', 'kept.backup'), 1, 'served by')
    one_value(database.command('restore', 'kept.backup', '--json').must(), 'restored')
    same(accounts(database), ['admin', 'before'], 'as it was')
    database.command('ledger', 'verify').must()


def restores_cut_off(folder, cluster):
    for check in (cut_off.starts_after, cut_off.restores_after,
                  cut_off.leaves_all_when_nothing_came_of_it):
        check(make(folder, cluster, check.__name__))


def enters_studies(folder, cluster):
    database = make(folder, cluster, 'studies')
    enters_once(database, database.rows)


def all_of(folder, tally):
    if not night.tools():
        tally.skip('the same on PostgreSQL', 'it is not installed (apt: postgresql)')
        return
    cluster = night.Cluster(folder)
    try:
        for check in (inits, migrates, restores, restores_cut_off, enters_studies):
            tally.run(f'{check.__name__}, PostgreSQL', check, folder, cluster)
    finally:
        cluster.stop()
