"""Officers at work: several at once ask for residents, call peers out and take things back.

Each step has its own Idempotency-Key. A step without an answer, or with a fault's, is sent again
with the same key until it is answered, as a program that wants it done must. What was answered is
kept, so that it can be held against the database.
"""
import random
import threading
import time
import uuid

from program import Client, NoAnswer, holds, same, wait_until

# What an officer is told instead of a yes in the normal course of a night.
NOT_NOW = {409, 404, 422}
FAULTS = {500, 502, 503, 504, 507}
# The steps of a session, from the door of the cell to the peer's own.
MEETING = {'escort', 'arrive', 'check', 'depart', 'return'}


class Step:
    def __init__(self, kind, path, body):
        self.kind, self.path, self.body = kind, path, body
        self.key = str(uuid.uuid4())
        self.tries = 0
        self.answer = None

    @property
    def status(self):
        return self.answer.status

    def made(self, name):
        return self.answer.json()[name]


class Officer(threading.Thread):
    def __init__(self, load, residents, seed):
        super().__init__(daemon=True)
        self.load, self.residents = load, residents
        self.chance = random.Random(seed)
        self.clients = {}

    def send(self, role, step):
        """Until it is answered by more than a fault."""
        while True:
            self.load.may_send()
            step.tries += 1
            try:
                answer = self.client(role).post(step.path, step.body, step.key)
            except NoAnswer:
                self.load.was_cut_off(step)
            else:
                if answer.status not in FAULTS:
                    step.answer = answer
                    self.load.answered(step)
                    return step
                self.load.noted(answer.status, answer)
            time.sleep(0.05)

    def client(self, role):
        known = self.clients.get(role)
        if not known or known.where.netloc not in self.load.url:
            known = self.clients[role] = Client(self.load.url, self.load.tokens[role], timeout=15)
        return known

    def run(self):
        try:
            while not self.load.is_over:
                for number in self.residents:
                    self.one_request(number)
        except Over:
            pass
        except Exception as trouble:                                # shown by whoever waits
            self.load.broken = trouble
        finally:
            self.load.left(self)

    def one_request(self, number):
        scheme = self.chance.choice(['pops', 'pops', 'listeners'])
        asked = self.send('officer', Step('ask', '/api/v1/requests',
                                          {'scheme': scheme, 'prisonerNumber': number}))
        same(asked.status, 201, f'asking: {asked.answer.body}')
        request = f'/api/v1/requests/{asked.made("requestId")}'
        offered = self.send('officer', Step('offer', request + '/offers', {}))
        if offered.status == 201:
            self.at_the_door(offered.made('offerId'))
        else:
            holds(offered.status in NOT_NOW, offered.answer.body)
        self.finished('officer', Step('withdraw', request + '/withdrawal',
                                      {'isReportedByOfficer': True}))

    def at_the_door(self, offer):
        said = self.chance.choice(['going', 'going', 'not_going', 'not_reached'])
        answered = self.finished('officer', Step('answer', f'/api/v1/offers/{offer}/answer',
                                                 {'answer': said}))
        if said != 'going' or answered.status != 204:
            return
        call_out = f'/api/v1/call-outs/{offer}'
        if self.chance.random() < 0.5:
            unlock = self.send('officer', Step('unlock', call_out + '/unlocks', {}))
            if unlock.status == 201:
                self.unlocked(call_out, f'/api/v1/unlocks/{unlock.made("unlockId")}')
        self.finished('officer', Step('call off', call_out + '/calling-off', {}))

    def unlocked(self, call_out, unlock):
        """Some go the whole way: beside the person, looked in on, and back in their cell."""
        self.finished('night_manager', Step('authorise', unlock + '/authorisation', {}))
        if not self.load.goes_the_whole_way():
            return
        self.finished('officer', Step('escort', unlock + '/escort', {}))
        there = self.send('officer', Step('arrive', call_out + '/arrival',
                                          {'placeKind': 'cell', 'isCellmateThere': False}))
        if there.status != 201:
            holds(there.status in NOT_NOW, there.answer.body)
            return
        session = f'/api/v1/sessions/{there.made("sessionId")}'
        self.finished('officer', Step('check', session + '/checks', {}))
        self.finished('officer', Step('depart', session + '/departure',
                                      {'wasHard': self.chance.random() < 0.5}))
        self.finished('officer', Step('return', call_out + '/return', {}))

    def finished(self, role, step):
        self.send(role, step)
        holds(step.status == 204 or step.status in NOT_NOW,
              f'{step.kind}: {step.status} {step.answer.body}')
        return step


class Over(Exception):
    pass


class Load:
    """Starts with `with`; `pause()` returns when every step that was begun is answered."""

    def __init__(self, database, url, officers=4, seed=1):
        self.database, self.url = database, url
        self.tokens = {role: database.token(role) for role in ('officer', 'night_manager')}
        self.lock = threading.Condition()
        self.is_over = self.is_paused = False
        self.waiting = 0
        self.whole_ways = self.resting = 0
        self.broken = None
        self.steps, self.heard, self.cut_off = [], {}, []
        self.faults = {}
        self.requests_before = database.number('SELECT COUNT(*) FROM request')
        self.residents = [row[0] for row in database.rows(
            "SELECT n.number FROM person_number n JOIN presence p ON p.person_id = n.person_id "
            "WHERE p.until_at IS NULL AND n.number NOT LIKE 'S%' ORDER BY n.number")]
        asked_already = database.number('SELECT COUNT(*) FROM request WHERE closed_at IS NULL')
        holds(len(self.residents) > 400 and asked_already > 0,
              'the night has residents and requests')
        chosen = self.residents[20:20 + officers * 18]
        self.officers = [Officer(self, chosen[i::officers], seed * 100 + i)
                         for i in range(officers)]

    def __enter__(self):
        for officer in self.officers:
            officer.start()
        return self

    def __exit__(self, *_):
        with self.lock:
            self.is_over, self.is_paused = True, False
            self.lock.notify_all()
        for officer in self.officers:
            officer.join(timeout=20)

    # ---- called by the officers --------------------------------------------------------------

    def may_send(self):
        """Holds back a step while paused, unless it has been sent once without an answer."""
        if self.is_over:
            raise Over()

    def goes_the_whole_way(self):
        with self.lock:
            self.whole_ways -= 1
            return self.whole_ways >= 0

    def answered(self, step):
        with self.lock:
            self.steps.append(step)
            while self.is_paused and not self.is_over:
                self.waiting += 1
                self.lock.notify_all()
                self.lock.wait()
                self.waiting -= 1

    def was_cut_off(self, step):
        with self.lock:
            self.cut_off.append(step.kind)

    def noted(self, status, answer):
        with self.lock:
            self.heard[status] = self.heard.get(status, 0) + 1
            self.faults[status] = answer

    def left(self, officer):
        with self.lock:
            self.officers = [one for one in self.officers if one is not officer]
            self.lock.notify_all()

    # ---- called by the test ------------------------------------------------------------------

    def moved_to(self, url):
        self.url = url

    def let_go(self, peers):
        """So many may go the whole way. By night they rest then, and a few are left fresh, so that
        a night of any length has somebody to send."""
        with self.lock:
            self.whole_ways = peers if self.resting < 6 else 0

    def pause(self, at_most_s=30):
        with self.lock:
            self.is_paused = True
            quiet = self.lock.wait_for(
                lambda: self.broken or self.waiting == len(self.officers), at_most_s)
        self.still_works()
        holds(quiet, f'every step is answered within {at_most_s} s')

    def go_on(self):
        with self.lock:
            self.is_paused = False
            self.lock.notify_all()

    def count(self, kind, status=None):
        with self.lock:
            return sum(1 for step in self.steps
                       if step.kind == kind and status in (None, step.status))

    def steps_of_sessions(self):
        """How many were answered."""
        with self.lock:
            return sum(1 for step in self.steps if step.kind in MEETING)

    def wait_for(self, more, at_most_s=20):
        """Until so many more steps were answered."""
        aim = len(self.steps) + more
        wait_until(lambda: self.still_works() and len(self.steps) >= aim, f'{more} more steps',
                   at_most_s)

    def wait_for_fault(self, status, at_most_s=20):
        """The first answer with this status."""
        wait_until(lambda: self.still_works() and status in self.faults,
                   f'an answer {status}; heard {self.heard}', at_most_s)
        return self.faults[status]

    def still_works(self):
        if self.broken:
            raise AssertionError(f'an officer got stuck: {self.broken}') from self.broken
        return True

    # ---- held against the database, while paused -----------------------------------------------

    def check(self):
        """Nothing acknowledged is lost, nothing is there twice, nobody is sent to two places."""
        asked = [step for step in self.steps if step.kind == 'ask']
        ids = [step.made('requestId') for step in asked]
        same(len(set(ids)), len(ids), 'each asking made a request of its own')
        states = self.database.pairs('SELECT request_id, state FROM request')
        lost = [one for one in ids if one not in states]
        holds(not lost, f'acknowledged requests that are lost: {lost}')
        same(len(states), self.requests_before + len(ids), 'requests in the database')
        still_open = [step.path for step in self.steps if step.kind == 'withdraw'
                      and step.status == 204 and states[step.path.split('/')[4]] != 'closed']
        holds(not still_open, f'taken back, and open all the same: {still_open}')
        self.check_call_outs()

    def check_call_outs(self):
        ended = self.database.pairs('SELECT call_out_id, ended_how FROM call_out')
        for step in self.steps:
            said_going = step.kind == 'answer' and step.body['answer'] == 'going'
            if step.status != 204 or not (said_going or step.kind == 'call off'):
                continue
            call_out = step.path.split('/')[4]
            holds(call_out in ended, f'an acknowledged call-out is lost: {call_out}')
            if step.kind == 'call off':
                holds(ended[call_out], f'called off, and open all the same: {call_out}')
        twice = self.database.rows(
            'SELECT person_id, COUNT(*) FROM call_out WHERE ended_at IS NULL '
            'GROUP BY person_id HAVING COUNT(*) > 1')
        holds(not twice, f'peers who are sent to two places: {twice}')
        two_sent = self.database.rows(
            'SELECT c.request_id, COUNT(*) FROM call_out c WHERE c.ended_at IS NULL '
            'GROUP BY c.request_id, c.place_in_pair HAVING COUNT(*) > 1')
        holds(not two_sent, f'requests to which two are sent: {two_sent}')
        self.check_sessions(ended)
        self.resting = self.database.number(
            f'SELECT COUNT(*) FROM rest WHERE until_at > {int(time.time() * 1000)}')

    def check_sessions(self, ended):
        """Who arrived is with the person once; rest and debrief stand as soon as it is over."""
        sessions = {row[0]: row[1:] for row in self.database.rows(
            'SELECT session_id, ended_at, (SELECT COUNT(*) FROM exposure e '
            '  WHERE e.session_id = s.session_id AND (e.until_at IS NULL) = (s.ended_at IS NULL)), '
            '(SELECT COUNT(*) FROM debrief d WHERE d.session_id = s.session_id), '
            '(SELECT COUNT(*) FROM session_check k WHERE k.session_id = s.session_id '
            '  AND k.done_at IS NOT NULL), '
            '(SELECT COUNT(*) FROM exposure e WHERE e.session_id = s.session_id '
            '  AND e.night_of IS NOT NULL AND e.until_at IS NOT NULL AND NOT EXISTS ('
            '    SELECT 1 FROM rest r WHERE r.session_id = e.session_id '
            '    AND r.person_id = e.person_id)) FROM session s')}
        for step in self.steps:
            if step.kind == 'arrive' and step.status == 201:
                session = step.made('sessionId')
                holds(session in sessions, f'an acknowledged arrival is lost: {session}')
                same(sessions[session][1], '1', f'hours counted of {session}')
            if step.status != 204 or step.kind not in ('check', 'depart', 'return'):
                continue
            made = step.path.split('/')[4]
            if step.kind == 'return':
                same(ended[made], 'back', f'an acknowledged return: {made}')
                continue
            ended_at, _, debriefs, checks, without_rest = sessions[made]
            if step.kind == 'check':
                same(checks, '1', f'looks at {made}')
                continue
            holds(ended_at, f'an acknowledged end is lost: {made}')
            same(without_rest, '0', f'work at night without rest: {made}')
            if step.body['wasHard']:
                same(debriefs, '1', f'debriefs owed for {made}')

    def repeat(self, steps):
        """Sends answered steps again with their keys: the same is made, and nothing more."""
        client = Client(self.url, self.tokens['officer'])
        for step in steps:
            name = {'ask': 'requestId', 'arrive': 'sessionId'}.get(step.kind)
            if not name or step.status != 201:
                continue
            again = client.post(step.path, step.body, step.key)
            same(again.status, 201, f'{step.kind} again with the same key: {again.body}')
            same(again.json()[name], step.made(name), f'{name} of a retry')
        client.close()
