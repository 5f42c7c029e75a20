"""kill -9 under load: nothing acknowledged is lost or done twice, and recovery needs nobody."""
import random
import time

from load import MEETING, Load
from overdue import Overdue
from program import Client, Serve, holds, same


HOUR_MS = 3600 * 1000


def put_everybody_on_call(database):
    """Two or three on a night are soon all resting, and then nobody is there to be sent."""
    now = int(time.time() * 1000)
    database.change(
        'INSERT INTO shift_person (establishment_id, shift_id, person_id, from_at, until_at, '
        'added_by) SELECT s.establishment_id, s.shift_id, m.person_id, s.starts_at, s.ends_at, '
        "'test' FROM shift s JOIN member m ON m.establishment_id = s.establishment_id "
        'AND m.scheme = s.scheme AND m.left_at IS NULL '
        f'WHERE s.cancelled_at IS NULL AND s.ends_at > {now} AND s.starts_at < {now + 6 * HOUR_MS} '
        'AND NOT EXISTS (SELECT 1 FROM shift_person p WHERE p.shift_id = s.shift_id '
        'AND p.person_id = m.person_id)')


class Kills:
    """One installation that is killed again and again."""

    def __init__(self, nights, engine, seed=1):
        self.database = nights.on(engine)
        self.chance = random.Random(seed)
        put_everybody_on_call(self.database)
        self.database.token('officer')
        self.database.token('night_manager')
        self.serve = Serve(self.database)
        self.serve.start()
        self.load = Load(self.database, self.serve.url, seed=seed)
        self.load.__enter__()
        self.head = None
        self.rounds = 0
        self.lateness_s, self.recovery_s = [], []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.load.__exit__()
        self.serve.__exit__()

    def round(self):
        """Kill, start, and look. Paused in between, so that the other engine has the machine."""
        self.load.go_on()
        self.load.wait_for(8)
        overdue = Overdue(self.load, self.rounds, 0.3)
        self.load.let_go(4)
        self.wait_for_a_moment_to_kill()
        before = len(self.load.steps)
        self.serve.kill()
        overdue.sleep_until_due()
        self.recovery_s.append(self.serve.start())
        ready_at = time.time()
        self.load.moved_to(self.serve.url)
        self.load.wait_for(4)
        self.lateness_s.append(overdue.lateness_s(ready_at))
        self.load.pause()
        self.load.check()
        self.load.repeat(self.load.steps[max(0, before - 6):before + 2])
        self.load.check()
        self.check_ledger()
        same(Client(self.serve.url).get('/health/ready').status, 200, 'ready')
        self.rounds += 1
        return f'back in {self.recovery_s[-1]:.2f} s, timer {self.lateness_s[-1]:.2f} s late'

    def wait_for_a_moment_to_kill(self):
        """Somewhere in the steps of those who went the whole way, where anybody can."""
        latest = time.time() + self.chance.random() * 0.4
        aim = self.load.steps_of_sessions() + self.chance.randrange(12)
        while time.time() < latest and self.load.steps_of_sessions() < aim:
            time.sleep(0.001)

    def check_ledger(self):
        words = ['ledger', 'verify', '--json'] + (['--head', self.head] if self.head else [])
        verdict = self.database.command(*words).must().json()
        holds(verdict['intact'], f'the ledger: {verdict}')
        self.head = verdict['head']


def summary(kills):
    late = max((k for one in kills for k in one.lateness_s), default=0)
    back = sorted(k for one in kills for k in one.recovery_s)
    steps = sum(len(one.load.steps) for one in kills)
    cut_off = [kind for one in kills for kind in one.load.cut_off]
    sessions = sum(one.load.count('arrive', 201) for one in kills)
    in_sessions = sum(1 for kind in cut_off if kind in MEETING)
    return (f'{sum(one.rounds for one in kills)} kills, {steps} steps answered, {len(cut_off)} '
            f'tries cut off, {in_sessions} of them in {sessions} sessions; ready again after '
            f'{back[len(back) // 2]:.2f} s (longest {back[-1]:.2f} s); timers at most '
            f'{late:.2f} s late')


def alternating(nights, tally, engines, count):
    """`count` kills, in turn on each engine."""
    under_test = []
    try:
        for number in range(count):
            if number < len(engines):
                under_test.append(Kills(nights, engines[number], seed=number + 1))
            kills = under_test[number % len(under_test)]
            name = f'kill -9 under load, {number + 1} of {count}, {kills.database.engine}'
            tally.run(name, kills.round)
            if tally.failed:
                break                                               # what follows says nothing new
        print('       ' + summary(under_test), flush=True)
    finally:
        for kills in under_test:
            kills.__exit__()



