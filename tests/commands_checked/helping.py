"""--help for everything; words that are not understood; version and openapi; init."""
import re

import program
from prison import Prison, one_value, says
from program import Serve, holds, run, same

# Those that print no result of their own.
WITHOUT_JSON = {('rota', 'generate'), ('ahead', 'scene'), ('demo',), ('serve',), ('openapi',)}


def subcommands(text):
    found = text.split('Subcommands:')
    return re.findall(r'^  ([a-z-]+)\s', found[1], re.M) if len(found) > 1 else []


def walk(folder, path=()):
    """Every command with its help; how many there are."""
    shown = run(*path, '--help', folder=folder).must()
    holds('Usage: alongside' in shown.out, f'{path}: how it is used')
    holds(len(shown.out.splitlines()[0].split()) >= 3, f'{path}: what it does')
    holds('Exit codes: 0' in shown.out, f'{path}: its exit codes')
    same(shown.err, '', f'{path}: nothing went wrong')
    below = subcommands(shown.out)
    if not below:
        holds(('--json' in shown.out) == (path not in WITHOUT_JSON), f'{path}: --json')
        says(run(*path, '--nonsense', folder=folder), 2)
        return 1
    says(run(*path, folder=folder), 2)
    says(run(*path, 'nonsense', folder=folder), 2, 'nonsense')
    return sum(walk(folder, (*path, name)) for name in below)


def help_everywhere(folder):
    count = walk(folder)
    holds(count >= 25, f'only {count} commands were found')
    return f'{count} commands'


def help_keeps_passwords(folder):
    shown = run('--help', folder=folder, env={
        'ALONGSIDE_DATABASE': 'postgresql://al:s3cret@db/al'}).must()
    holds('s3cret' not in shown.out, 'the password is not shown')


def version_and_openapi(folder):
    version = one_value(run('version', '--json', folder=folder).must(), 'version')['version']
    holds(version in run('version', folder=folder).must().out, 'the same in words')
    for words, code in ((('restore', 'none.backup'), 'not_usable'),
                        (('ledger', 'no'), 'not_understood'),
                        (('account', 'add', '--role', 'king'), 'not_understood')):
        said = one_value(run(*words, '--json', folder=folder).must(2), 'userMessage')
        same(said['errorCode'], f'program.{code}', f'JSON also for {words}')
    described = run('openapi', folder=folder).must().json()
    holds(described['openapi'].startswith('3.1'), 'OpenAPI 3.1')
    holds('/api/v1/requests' in described['paths'], 'the paths')


def init_makes_a_prison(folder):
    prison = Prison(folder, init=False)
    shown = one_value(prison.command('init', 'stony-mountain', '--scheme', 'pops', '--json').must(),
                      'establishment', 'oneTimePassword', 'administrator')
    same(shown['establishment'], 'SMI', 'the prison')
    same(prison.rows('SELECT sign_in_name FROM account'), [['admin']], 'the administrator')
    for path in (prison.path, prison.keys, f'{prison.path}.pepper'):
        same(oct(program.pathlib.Path(path).stat().st_mode & 0o777), '0o600', f'who reads {path}')
    with Serve(prison) as serve:
        same(serve.client().get('/health/ready').status, 200, 'it serves')


LAYOUT = """[prison]
id = "MOO"
name = "Invented Moor"
time_zone = "Europe/London"
number_pattern = "[A-Z][0-9]{4}[A-Z]{2}"
language = "en"
[[units]]
unit = "MAIN"
name = "Main"
security_level = "medium"
regime = "ordinary"
night_unlock_officers = 2
[[wings]]
wing = "A"
unit = "MAIN"
name = "A wing"
landings = 1
cells = 2
residents = 0
"""


def with_rooms(*places):
    """A layout of one wing, and these rooms of Listeners."""
    return LAYOUT + ''.join(f'[[places]]\nplace = "{place}"\nkind = "listeners_room"\n'
                            'label = "Quiet room"\nhas_alarm = true\n' for place in places)


def init_with_rooms(folder):
    prison = Prison(folder, init=False)
    prison.file('rooms.toml', with_rooms('A-0-TALK'))
    prison.command('init', 'rooms.toml').must()
    same(prison.rows("SELECT place, wing, label, has_alarm FROM place "
                     "WHERE kind = 'listeners_room'"), [['A-0-TALK', 'A', 'Quiet room', '1']], 'it')


def init_twice(folder):
    prison = Prison(folder)
    with prison.unchanged():
        for more in ((), ('--admin', 'other'), ('--scheme', 'pops')):
            says(prison.command('init', 'stony-mountain', *more), 1, 'SMI', 'already')
        refused = prison.command('init', 'stony-mountain', '--json').must(1)
        same(one_value(refused)['errorCode'], 'program.prison_is_here', 'the code')
    with Serve(prison) as serve, prison.unchanged():
        for words in (('init', 'stony-mountain'), ('serve', '--port', '0'), ('migrate',)):
            says(prison.command(*words), 1, 'served by', f'process {serve.process.pid}',
                 'Stop that one')


def pepper_of(prison):
    return prison.path.with_name(prison.path.name + '.pepper')


def init_refuses(folder):
    bad = {
        'no such layout': (('nowhere',), 'nowhere'),
        'not TOML': (('bad.toml',), 'bad.toml, line 2'),
        'a key that is unknown': (('odd.toml',), 'odd.toml, line 3, column 10: colour'),
        'a place on no wing': (('rooms.toml',), 'line 21, column 9: place must begin'),
        'no such scheme': (('stony-mountain', '--scheme', 'bogus'), 'bogus'),
        'a scheme that cannot be one': (('stony-mountain', '--scheme', 'b ö'), 'b ö'),
        'an impossible name': (('stony-mountain', '--admin', 'b ö/..'), 'sign-in name'),
    }
    for what, (words, sentence) in bad.items():
        prison = Prison(folder, init=False)
        prison.file('bad.toml', '# a prison\nprison = ["SMI"\n')
        prison.file('odd.toml', '[prison]\nid = "SMI"\ncolour = "red"\n')
        prison.file('rooms.toml', with_rooms('Z-0-TALK'))
        before = prison.files()
        says(prison.command('init', *words), 2, sentence)
        same(prison.files(), before, f'files after {what}')
    lost = Prison(folder)
    kept = {path: path.read_bytes() for path in (lost.keys, pepper_of(lost))}
    lost.path.unlink()                                              # its keys and pepper are not
    says(lost.command('init', 'stony-mountain', '--admin', 'b ö/..'), 2, 'sign-in name')
    for path, held in kept.items():
        holds(path.read_bytes().startswith(held), f'{path.name} is kept')
    says(run('init', 'stony-mountain', '--database', 'mysql://x', folder=folder), 2, 'sqlite:PATH')
    says(run('init', 'stony-mountain', '--database', 'sqlite:/proc/none/x.db', folder=folder), 4,
         '/proc/none')


def all_of(folder, tally):
    tally.run('every command has --help, and refuses other words', help_everywhere, folder)
    tally.run('--help shows no password', help_keeps_passwords, folder)
    tally.run('version and openapi', version_and_openapi, folder)
    tally.run('init makes a prison', init_makes_a_prison, folder)
    tally.run('init makes rooms', init_with_rooms, folder)
    tally.run('init twice', init_twice, folder)
    tally.run('init refuses, and leaves nothing behind', init_refuses, folder)
