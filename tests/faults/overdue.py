"""A request that an officer raises late, as it happens: its escalation falls due any moment."""
import time

from program import Client, holds, same, wait_until

ESCALATES_AFTER_S = 10 * 60                                         # pops: the second peer
LATE_S = 1.0
FIRST_RESIDENT = 200                                                # load.py asks for others
OTHERS = 200
STRIDE = 61


def iso(seconds):
    whole = time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))
    return f'{whole}.{int(seconds * 1000) % 1000:03}Z'


class Overdue:
    def __init__(self, load, nth, due_in_s):
        self.load = load
        self.due = time.time() + due_in_s
        self.request = self.ask_for_one_who_waits_for_nobody(nth)
        load.requests_before += 1

    def ask_for_one_who_waits_for_nobody(self, nth):
        """Who has asked already that night keeps that request, which has escalated long ago."""
        open_before = {row[0] for row in self.load.database.rows(
            'SELECT request_id FROM request WHERE closed_at IS NULL')}
        for further in range(len(open_before) + 1):
            number = self.load.residents[FIRST_RESIDENT + (nth + further * STRIDE) % OTHERS]
            asked = self.officer().post('/api/v1/requests', {
                'scheme': 'pops', 'prisonerNumber': number,
                'askedAt': iso(self.due - ESCALATES_AFTER_S)})
            same(asked.status, 201, f'asking with an earlier time: {asked.body}')
            request = asked.json()['requestId']
            if request not in open_before:
                return request
        raise AssertionError('everybody who was tried has an open request')

    def officer(self):
        return Client(self.load.url, self.load.tokens['officer'])

    def sleep_until_due(self):
        time.sleep(max(0.0, self.due - time.time()) + 0.1)

    def lateness_s(self, ready_at):
        """How long after it was due, or after the program was ready. Takes the request back."""
        escalated = []

        def is_escalated():
            escalated[:] = self.load.database.rows(
                f"SELECT at FROM request_event WHERE request_id = '{self.request}' "
                "AND what LIKE 'escalated_%'")
            return bool(escalated)
        wait_until(is_escalated, 'a timer that fell due meanwhile', 5)
        late = int(escalated[0][0]) / 1000 - max(self.due, ready_at)
        holds(late <= LATE_S, f'the timer came {late:.2f} s late')
        answer = self.officer().post(f'/api/v1/requests/{self.request}/withdrawal',
                                     {'isReportedByOfficer': True})
        same(answer.status, 204, f'taking back: {answer.body}')
        return max(0.0, late)
