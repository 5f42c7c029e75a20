#!/usr/bin/env python3
"""The whole program, measured from outside: each figure beside its limit in the same run.

    bench/programs.py board|start|memory|year

Exit code 1 where a figure falls short.
"""
import json
import os
import pathlib
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
import uuid

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'tests'))
import program                                                      # noqa: E402

TOOLS = pathlib.Path(program.BINARY).parent / 'bench'
PASSWORD = 'seven quiet lanterns on the water'
fell_short = False


def say(what, found, unit, limit=None, at_least=False):
    global fell_short
    line = f'{what:<62} {found:>10.1f} {unit}'
    if limit is not None:
        is_kept = found >= limit if at_least else found <= limit
        fell_short = fell_short or not is_kept
        line = (f'{what:<62} {found:>10.1f} {unit:<6} ({"at least" if at_least else "at most"} '
                f'{limit:g})  {"ok" if is_kept else "falls short"}')
    print(line, flush=True)


class Prison(program.Database):
    """A filled database; its people's ids, the peers first."""

    def __init__(self, folder, residents, peers):
        super().__init__(folder)
        filled = subprocess.run([TOOLS / 'bench_fill', self.address, str(residents), str(peers)],
                                check=True, capture_output=True, text=True, timeout=300)
        self.residents = filled.stdout.split()
        self.peers = peers
        other = self.folder / 'other.db'            # whose keys and pepper serve as well
        program.run('--database', f'sqlite:{other}', 'init', 'stony-mountain',
                    folder=self.folder).must()
        for end in ('.keys', '.pepper'):
            shutil.copy(f'{other}{end}', f'{self.path}{end}')

    def asking(self, number):
        """The body of an ask for one who is no peer."""
        return {'scheme': 'pops', 'personId': self.residents[self.peers + number],
                'channel': 'officer'}

    def ask(self, api, number):
        answer = api.post('/api/v1/requests', self.asking(number), key=str(uuid.uuid4()))
        program.holds(answer.status == 201, answer.body)

    def sign_in(self, serve):
        """An officer's own session, as a browser has it."""
        made = self.command('account', 'add', 'officer', '--role', 'officer', '--json').must()
        client = serve.client()
        client.form('/sign-in', '/sign-in', {'sign_in_name': 'officer',
                                             'secret': made.json()['oneTimeSecret']})
        client.form('/account/new-secret', '/account/new-secret',
                    {'before': made.json()['oneTimeSecret'], 'secret': PASSWORD,
                     'again': PASSWORD})
        return client


def request_bytes(method, path, headers, body=''):
    lines = [f'{method} {path} HTTP/1.1', 'Host: 127.0.0.1', 'Connection: keep-alive']
    lines += [f'{name}: {value}' for name, value in headers.items()]
    if body:
        lines += ['Content-Type: application/json', f'Content-Length: {len(body)}']
    return ('\r\n'.join(lines) + '\r\n\r\n' + body).encode()


def load(folder, port, reading, writes, seconds=3, connections=8):
    """Answers a second."""
    (folder / 'read').write_bytes(reading)
    (folder / 'writes').write_bytes(b''.join(write + b'\0' for write in writes))
    done = subprocess.run([TOOLS / 'bench_load', str(port), folder / 'read', folder / 'writes',
                           str(seconds), str(connections)], check=True, stdout=subprocess.PIPE,
                          text=True, timeout=60)
    rate, written, bad = done.stdout.split()
    program.holds(int(bad) == 0, f'{bad} answers were no success')
    program.holds(not writes or int(written) > 0, 'nothing was written')
    return float(rate)


def board(folder, runs=5):
    prison = Prison(folder / 'board', 500, 40)
    with program.Serve(prison) as serve:
        officer = prison.sign_in(serve)
        api = serve.client('officer')
        for number in range(20):
            prison.ask(api, number)
        shown = officer.get('/board')
        cards = shown.body.count('/choose"')
        program.holds(shown.status == 200 and cards >= 20, f'{cards} requests on the board')
        (folder / 'page').write_text(shown.body)
        cookie = '; '.join(f'{name}={value}' for name, value in officer.cookies.items())
        port = int(serve.url.rstrip('/').rsplit(':', 1)[1])
        reading = request_bytes('GET', '/board', {'Cookie': cookie})
        token = {'Authorization': 'Bearer ' + prison.token('officer')}
        bare = subprocess.Popen([TOOLS / 'bench_bare', folder / 'page'], stdout=subprocess.PIPE,
                                text=True)
        try:
            bare_port = int(bare.stdout.readline())
            rates, bare_rates = [], []
            for run in range(runs + 1):
                bare_rate = load(folder, bare_port, reading, [])
                rate = load(folder, port, reading, raised_and_withdrawn(prison, token))
                if run > 0:                         # both are warm from here on
                    rates.append(rate)
                    bare_rates.append(bare_rate)
        finally:
            bare.kill()
            bare.wait()
    say(f'bare Beast, the same {len(shown.body) // 1024} kB', statistics.median(bare_rates), '/s')
    say('board of a busy prison', statistics.median(rates), '/s')
    say('board, of bare Beast',
        statistics.median(100 * ours / theirs for ours, theirs in zip(rates, bare_rates)), '%',
        25, at_least=True)


def raised_and_withdrawn(prison, token):
    """Requests that come and go: the board has twenty or twenty-one."""
    out = []
    for number in range(300):
        ask = prison.asking(30 + number)
        out.append(request_bytes('POST', '/api/v1/requests',
                                 {**token, 'Idempotency-Key': str(uuid.uuid4())}, json.dumps(ask)))
        out.append(request_bytes('POST', f'/api/v1/requests/{uuid.UUID(int=0)}/withdrawal', token,
                                 json.dumps({'isReportedByOfficer': True})))
    return out


def memory_mb(process):
    """What is resident now."""
    status = pathlib.Path(f'/proc/{process.pid}/status').read_text()
    return int(re.search(r'VmRSS:\s+(\d+) kB', status).group(1)) / 1024


def ready_after(serve):
    """Milliseconds from the start of the process to the first `ready`."""
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        port = probe.getsockname()[1]
    began = time.monotonic()
    process = subprocess.Popen([program.BINARY, '--database', serve.address, 'serve', '--port',
                                str(port)], cwd=serve.folder, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    try:
        while time.monotonic() - began < 30:
            try:
                answer = program.Client(f'http://127.0.0.1:{port}/').get('/health/ready')
                if answer.status == 200:
                    return 1000 * (time.monotonic() - began)
            except program.NoAnswer:
                time.sleep(0.001)
        raise AssertionError('not ready in 30 s')
    finally:
        process.terminate()
        process.wait(timeout=30)


def start(folder, runs=7):
    prison = Prison(folder / 'start', 100_000, 5_000)
    took = [ready_after(prison) for _ in range(runs)]
    say('start on the database of 100,000 residents, until ready', statistics.median(took), 'ms',
        200)


def memory(folder, boards=2_000):
    prison = Prison(folder / 'memory', 500, 40)
    with program.Serve(prison, '--behind-proxy') as serve:
        time.sleep(3)
        say('idle memory', memory_mb(serve.process), 'MB', 40)
        officer = prison.sign_in(serve)
        api = serve.client('officer')
        for number in range(20):
            prison.ask(api, number)
        port = int(serve.url.rstrip('/').rsplit(':', 1)[1])
        cookie = '; '.join(f'{name}={value}' for name, value in officer.cookies.items())
        program.holds(officer.get('/board').status == 200, 'the board is shown')
        streams = [watch(port, cookie, number) for number in range(boards)]
        time.sleep(2)
        everybody_sees(streams, 'event: view')
        for number in range(20):                    # each is drawn and sent to everybody
            prison.ask(api, 100 + number)
        everybody_sees(streams, 'event: view')
        time.sleep(2)
        say(f'{boards:,} live boards behind a proxy', memory_mb(serve.process), 'MB', 80)
        for stream in streams:
            stream.close()


def watch(port, cookie, number):
    stream = socket.create_connection(('127.0.0.1', port), timeout=20)
    stream.sendall(request_bytes('GET', '/board/live', {
        'Cookie': cookie, 'Accept': 'text/event-stream',
        'X-Forwarded-For': f'10.0.{number // 250}.{number % 250 + 1}'}))
    return stream


def everybody_sees(streams, word):
    for number, stream in enumerate(streams):
        seen = ''
        while word not in seen:
            piece = stream.recv(256 * 1024).decode('utf-8', 'replace')
            program.holds(piece, f'stream {number} ended:\n{seen[:500]}')
            seen += piece


def year(folder, runs=3):
    took = []
    for _ in range(runs):
        began = time.monotonic()
        ran = program.run('simulate', '--days', '365', '--json', folder=folder, timeout=300).must()
        took.append(time.monotonic() - began)
        program.same(ran.json()['invariant_violations'], 0, 'broken invariants')
    say('a simulated POPS year', statistics.median(took), 's', 5)


BENCHES = {'board': board, 'start': start, 'memory': memory, 'year': year}

if __name__ == '__main__':
    if len(sys.argv) != 2 or sys.argv[1] not in BENCHES:
        sys.exit(__doc__)
    os.environ.pop('ALONGSIDE_DATABASE', None)
    with program.scratch() as scratch:
        BENCHES[sys.argv[1]](scratch)
    sys.exit(1 if fell_short else 0)
