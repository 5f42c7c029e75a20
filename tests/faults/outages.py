"""PostgreSQL stopped under load, and started again."""
import time

import night
from disks import is_clear, says_nothing_of_anybody
from load import Load
from overdue import Overdue
from program import Serve, holds, same, wait_until


def goes_and_comes_back(nights, how):
    """Clear answers meanwhile; afterwards everything goes on, without a restart of ours."""
    database = nights.on('PostgreSQL')
    with Serve(database) as serve, Load(database, serve.url) as load:
        load.wait_for(12)
        process = serve.process.pid
        overdue = Overdue(load, 0, 0.5)
        nights.cluster.stop(how)
        try:
            client = serve.client('officer')
            is_clear(load.wait_for_fault(503), 503, 'web.not_available')
            is_clear(client.get('/api/v1/requests'), 503, 'web.not_available')
            same(client.get('/health/ready').status, 503, 'not ready')
            same(client.get('/health/live').status, 200, 'alive')
            overdue.sleep_until_due()
            others = set(load.faults) - {503}
            holds(not others, f'other errors: {[load.faults[o].body for o in others]}')
        finally:
            nights.cluster.start()
        back_s = wait_until(lambda: client.get('/health/ready').status == 200, 'ready again')
        late_s = overdue.lateness_s(time.time())
        load.wait_for(12)
        load.pause()
        load.check()
        load.repeat(load.steps[-40:])
        load.check()
        holds(database.command('ledger', 'verify', '--json').must().json()['intact'], 'the ledger')
        same(serve.process.pid, process, 'the same process all along')
        says_nothing_of_anybody(database, serve)
        is_the_only_one(nights, database)
    return f'ready {back_s:.2f} s after PostgreSQL, timer {late_s:.2f} s late'


def is_the_only_one(nights, database):
    """The lease went with its connection and was taken again: also another machine is refused."""
    elsewhere = night.Postgres(database.folder / 'elsewhere', nights.cluster, database.name)
    night.copy_files(nights.made, elsewhere)
    time.sleep(2.5)
    second = elsewhere.command('serve', '--port', '0', timeout=5).must(1)
    holds('is served by' in second.err, f'who has it: {second.err!r}')


def gone_at_start(nights):
    """No database: a sentence and an exit code, for whoever or whatever starts it."""
    database = nights.on('PostgreSQL')
    nights.cluster.stop('fast')
    try:
        refused = database.command('serve', '--port', '0', timeout=15).must(4)
        holds(len(refused.err.split()) > 6, f'a sentence: {refused.err!r}')
    finally:
        nights.cluster.start()
    with Serve(database) as serve:
        same(serve.client('officer').get('/api/v1/requests').status, 200, 'once it is there')


def all_of(nights, tally, engines):
    if 'PostgreSQL' not in engines:
        return
    tally.run('PostgreSQL crashes under load and comes back', goes_and_comes_back, nights,
              'immediate')
    tally.run('PostgreSQL is restarted under load', goes_and_comes_back, nights, 'fast')
    tally.run('PostgreSQL is not there at the start', gone_at_start, nights)
