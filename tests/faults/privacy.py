"""A name and a number that were planted must not be in what the program prints or logs."""
import urllib.parse

import disks
import keeping
from program import Serve, holds, same

GIVEN, FAMILY, NUMBER = 'Zebedee', 'Quillfeather', '987654Q'
PASSWORD = 'alongside-demo'


def plant(database):
    """On the roll, where they belong; in a row that is bad, too."""
    text, _ = keeping.roll_of(database, 0)
    place = text.splitlines()[1].split(',')[3]
    (database.folder / 'roll.csv').write_text(
        text + f'{NUMBER},{GIVEN},{FAMILY},{place}\n{GIVEN} {FAMILY},{NUMBER},{FAMILY},{place}\n')
    done = database.command('import', 'roll', 'roll.csv', '--yes', '--json').must()
    same([done.json()[k] for k in ('arrived', 'bad')], [1, 1], 'planted')
    return done.out + done.err


def use(database, serve):
    """Every way in which they may come along: well formed, malformed, refused, in addresses."""
    client = serve.client('officer')
    whole = f'{GIVEN} {FAMILY} {NUMBER}'
    asked = client.post('/api/v1/requests', {'scheme': 'pops', 'prisonerNumber': NUMBER})
    same(asked.status, 201, asked.body)
    client.get(f'/api/v1/requests/{asked.json()["requestId"]}')
    for body in ({'scheme': whole, 'prisonerNumber': NUMBER}, {whole: whole},
                 {'scheme': 'pops', 'prisonerNumber': whole, 'place': whole}):
        holds(400 <= client.post('/api/v1/requests', body).status < 500, 'refused')
    quoted = urllib.parse.quote(whole)
    for path in (f'/requests/{quoted}', f'/peers?name={quoted}', f'/{FAMILY}/{NUMBER}',
                 f'/api/v1/requests/{NUMBER}'):
        client.send('GET', path, headers={'User-Agent': whole, 'Referer': f'/{quoted}'})
    client.send('POST', '/api/v1/requests', f'{{"{whole}', {'Content-Type': 'application/json'})
    client.post('/api/v1/requests', {}, key=f'{FAMILY}-{NUMBER}-0123456789')
    browser = serve.client()
    browser.form('/sign-in', '/sign-in', {'sign_in_name': FAMILY, 'secret': whole})
    browser.form('/sign-in', '/sign-in', {'sign_in_name': 'coordinator', 'secret': PASSWORD})
    same(browser.get('/peers').status, 200, 'signed in as the coordinator')
    browser.form('/peers', '/peers', {'number': NUMBER, 'scheme': 'pops', 'label': 'Peer 99'})
    browser.form('/peers', '/peers', {'number': whole, 'scheme': whole, 'label': FAMILY})
    return asked.json()['requestId']


def use_while_it_fails(database, serve, disk):
    client = serve.client('officer')
    for word in ('broken', 'full', 'read-only'):
        with disk.being(word):
            answer = client.post('/api/v1/requests', {'scheme': 'listeners',
                                                      'prisonerNumber': NUMBER})
            holds(answer.status in (503, 507), f'refused: {answer.body}')
            holds(NUMBER not in answer.body, 'and the answer says nothing of them')


def planted(nights):
    database = nights.on('SQLite')
    disk = disks.Disk(nights.folder, database.folder)
    with Serve(database, env=disk.env) as serve:
        printed = plant(database)
        request = use(database, serve)
        use_while_it_fails(database, serve, disk)
        for words in (('ledger', 'verify'), ('ledger', 'verify', '--json'),
                      ('account', 'list', '--json'), ('token', 'list', '--json')):
            ran = database.command(*words).must()
            printed += ran.out + ran.err
        client = serve.client('officer')
        holds(NUMBER in client.get(f'/api/v1/requests/{request}').body, 'an officer may know')
        metrics = client.get('/metrics').body
        holds('alongside_requests_waiting' in metrics, 'metrics')
        printed += metrics
        same(serve.stop(), 0, 'the exit code')
    printed += serve.log.read_text() + ''.join(
        path.read_text() for path in database.folder.glob('serve-*.out'))
    holds('"route":"/api/v1/requests"' in printed, 'the log was looked at')
    for word in (GIVEN, FAMILY, NUMBER, urllib.parse.quote(f'{GIVEN} {FAMILY}')):
        found = [line for line in printed.splitlines() if word.lower() in line.lower()]
        holds(not found, f'{word} was printed: {found[:3]}')


def all_of(nights, tally, engines):
    tally.run('a planted name is nowhere in logs and output', planted, nights)
