"""import roll, import kept-apart: what is taken, what is refused with line, column and reason."""
import contextlib
import json
import subprocess

import program
from prison import Prison, one_value, says
from program import Serve, holds, same

HEAD = 'prisonerNumber,firstName,lastName,cellLocation\n'
ANN = '100001A,Ann,Silva,A-1-001\n'
BEA = '100002B,Bea,Tann,A-1-002\n'
PAIRS = 'firstPrisonerNumber,secondPrisonerNumber,reason,restrictionType\n'
# Staged imports are written down, and their rows go again; nothing else may change.
STAGED = ('import_run', 'import_change', 'ledger_entry', 'ledger_head', 'ledger_payload',
          'ledger_subject')

# Whole files that are refused: content, code, a word of the sentence.
REFUSED = {
    'empty': ('', 'people.empty_file', 'no rows'),
    'a heading alone': (HEAD, 'people.empty_file', 'no rows'),
    'UTF-16': ((HEAD + ANN).encode('utf-16'), 'people.wrong_encoding', 'UTF-8'),
    'NUL bytes': (HEAD + ANN + '100002B,B\0a,x,A-1-002\n', 'people.not_a_text_file', 'line 3'),
    'no places': ('prisonerNumber,lastName\n100001A,Silva\n', 'people.no_place_column',
                  'cellLocation'),
    'no numbers': ('firstName,lastName\nAnn,Silva\n', 'people.no_number_column', 'prisonerNumber'),
    'a column twice': ('prisonerNumber,lastName,lastName\n1,2,3\n', 'people.column_twice',
                       'lastName'),
    'cut short': (HEAD + '100001A,"Ann,Silva', 'people.cut_short', 'line 2'),
    'an endless row': (HEAD + '100001A,' + 'x' * 200_000 + ',Silva,A-1-001\n',
                       'people.row_too_long', 'line 2'),
    'endless columns': (','.join(f'c{i}' for i in range(5000)) + '\n1\n',
                        'people.too_many_columns', 'columns'),
}
REFUSED_JSON = {
    'not JSON': ('[{"prisonerNumber":', 'people.cut_short', ''),
    'nonsense': ('[{]', 'people.not_json', 'JSON'),
    'no list': ('{"a": 1}', 'people.not_a_list', 'list'),
    'very deep': ('[' * 100_000, 'people.not_a_list', ''),
}
# Rows that are refused one by one: row, column, code.
BAD_ROWS = [
    (',Ann,Silva,A-1-001', 'prisonerNumber', 'people.row_number_missing'),
    ('12,Ann,Silva,A-1-001', 'prisonerNumber', 'people.row_bad_number'),
    ("1' OR 1=1,Ann,Silva,A-1-001", 'prisonerNumber', 'people.row_bad_number'),
    ('100001A,Ann,Silva,A-1-001', 'prisonerNumber', 'people.row_number_twice'),
    ('100003A,,,A-1-001', 'lastName', 'people.row_name_missing'),
    ('100004A,Ann,Silva,Z-9-999', 'cellLocation', 'people.row_unknown_place'),
    ('100005A,Ann,Silva,nowhere at all', 'cellLocation', 'people.row_bad_place'),
    (f'100006A,{"x" * 101},Silva,A-1-001', 'firstName', 'people.row_too_long'),
    ('100007A,Ann,Silva', '', 'people.row_too_few_cells'),
    ('100008A,Ann,Silva,A-1-001,more', '', 'people.row_too_many_cells'),
]


def roll(prison, *rows, head=HEAD, name='roll.csv'):
    return prison.file(name, head + ''.join(rows))


def takes(folder, is_served):
    prison = Prison(folder)
    with Serve(prison) if is_served else contextlib.nullcontext():
        roll(prison, ANN, BEA)
        shown = says(prison.command('import', 'roll', 'roll.csv'), 3, '2 arrived', '--yes')
        holds('Ann' not in shown.out, 'no names')
        says(prison.command('import', 'roll', 'roll.csv', '--verbose'), 3,
             'arrived: 100001A Ann', 'A-1-001')
        listed = prison.command('import', 'roll', 'roll.csv', '--verbose', '--json').must(3).json()
        same([one['what'] for one in listed['changes']['arrived']], ['A-1-001', 'A-1-002'], 'where')
        same(people(prison), [], 'nothing yet')
        done = one_value(prison.command('import', 'roll', 'roll.csv', '--yes', '--json').must())
        same((done['state'], done['arrived'], done['bad']), ('applied', 2, 0), 'applied')
        same(people(prison), [['100001A', 'A-1-001'], ['100002B', 'A-1-002']], 'who is here')
        prison.file('bom.csv', '\ufeff' + (HEAD + ANN + BEA).replace('\n', '\r\n'))
        with prison.unchanged(STAGED):
            again = prison.command('import', 'roll', 'bom.csv', '--yes', '--json').must().json()
        same([again[k] for k in ('arrived', 'moved', 'left', 'changed', 'bad')], [0] * 5,
             'the same with a byte order mark')
        rows = [{'prisonerNumber': '100001A', 'firstName': 'Ann', 'lastName': 'Silva',
                 'cellLocation': 'A-1-003'}, {'prisonerNumber': '100002B'}]
        prison.file('roll.json', json.dumps(rows))
        moved = prison.command('import', 'roll', 'roll.json', '--yes', '--json').must().json()
        same((moved['moved'], moved['left']), (1, 0), 'JSON with the same names')
        typed = prison.command('import', 'roll', '-', '--yes', '--json', stdin=HEAD + ANN + BEA)
        same(typed.must().json()['moved'], 1, 'standard input')
        prison.file('map.toml', '[columns]\nprisonerNumber = "No"\nlastName = "Who"\n')
        prison.file('odd.csv', 'No,Who,cellLocation\n100001A,Silva-Roy,A-1-001\n'
                    '100002B,Tann,A-1-002\n')
        mapped = prison.command('import', 'roll', 'odd.csv', '--columns', 'map.toml', '--yes',
                                '--json').must().json()
        same(mapped['changed'], 1, 'other names of columns')
        prison.command('ledger', 'verify').must()


def people(prison):
    return prison.rows('SELECT n.number, p.place FROM person_number n JOIN presence p '
                       'ON p.person_id = n.person_id WHERE p.until_at IS NULL ORDER BY n.number')


def refuses_files(folder, is_served):
    prison = Prison(folder)
    with Serve(prison) if is_served else contextlib.nullcontext():
        for kind, cases in (('csv', REFUSED), ('json', REFUSED_JSON)):
            for what, (content, code, word) in cases.items():
                prison.file(f'bad.{kind}', content)
                with prison.unchanged(STAGED):
                    ran = prison.command('import', 'roll', f'bad.{kind}', '--yes', '--json')
                    said = one_value(ran.must(2), 'userMessage')
                    same(said['errorCode'], code, what)
                    holds(word in said['userMessage'], f'{what}: {said}')
        for words, word in ((('none.csv',), 'none.csv'), (('.',), '.'),
                            (('bad.csv', '--columns', 'none.toml'), 'none.toml')):
            with prison.unchanged(STAGED):
                says(prison.command('import', 'roll', *words), 2, word)
        same(prison.number('SELECT COUNT(*) FROM import_change'), 0, 'no row is kept')


def refuses_rows(folder):
    prison = Prison(folder)
    roll(prison, ANN, *(row + '\n' for row, _, _ in BAD_ROWS))
    found = one_value(prison.command('import', 'roll', 'roll.csv', '--json').must(3))
    same([(row['line'], row['column'], row['code']) for row in found['badRows']],
         [(i + 3, column, code) for i, (_, column, code) in enumerate(BAD_ROWS)],
         'line, column and code of each')
    holds(all(len(row['reason'].split()) >= 3 for row in found['badRows']), 'a reason for each')
    with prison.unchanged(STAGED):
        strict = prison.command('import', 'roll', 'roll.csv', '--strict', '--yes', '--json')
        same(one_value(strict.must(2))['errorCode'], 'people.strict_and_bad', 'all or none')
        text = says(prison.command('import', 'roll', 'roll.csv', '--strict'), 2, 'line 3',
                    'prisonerNumber', 'people.row_number_missing')
        holds('Silva' not in text.out + text.err, 'no names')
    done = prison.command('import', 'roll', 'roll.csv', '--yes', '--json').must().json()
    same((done['arrived'], done['bad']), (1, len(BAD_ROWS)), 'the good one is taken')
    prison.file('latin.csv', (HEAD + ANN + '100002B,René,Tann,A-1-002\n').encode('latin-1'))
    latin = prison.command('import', 'roll', 'latin.csv', '--strict', '--yes', '--json').must(2)
    same([(row['line'], row['code']) for row in latin.json()['badRows']],
         [(3, 'people.row_not_utf8')], 'another encoding')
    return f'{len(BAD_ROWS)} kinds of bad rows'


def needs_a_yes(folder):
    """A file cut short must not empty the prison."""
    prison = Prison(folder)
    roll(prison, *(f'{200000 + i}C,Cy,Dunn,A-1-00{i % 4 + 1}\n' for i in range(40)))
    prison.command('import', 'roll', 'roll.csv', '--yes').must()
    roll(prison, ANN)
    with prison.unchanged(STAGED):
        refused = prison.command('import', 'roll', 'roll.csv', '--yes', '--json').must(3)
        same(one_value(refused, 'left')['errorCode'], 'people.many_leaving', 'why')
        says(prison.command('import', 'roll', 'roll.csv', '--yes'), 3, '40 left',
             '--allow-many-leaving')
    done = prison.command('import', 'roll', 'roll.csv', '--yes', '--allow-many-leaving', '--json')
    same(done.must().json()['left'], 40, 'with a yes')


def kept_apart(folder):
    prison = Prison(folder)
    roll(prison, ANN, BEA)
    prison.command('import', 'roll', 'roll.csv', '--yes').must()
    prison.file('pairs.csv', PAIRS + '100001A,100002B,BULLYING,WING\n')
    with Serve(prison):
        shown = says(prison.command('import', 'kept-apart', 'pairs.csv'), 3, '1 opened')
        holds('100001A' not in shown.out, 'no numbers')
        done = one_value(prison.command('import', 'kept-apart', 'pairs.csv', '--yes', '--json'))
        same((done['state'], done['opened']), ('applied', 1), 'applied')
        prison.file('bad.csv', PAIRS + '100001A,100001A,BULLYING,WING\n'
                    '100001A,999999Z,THREAT,WING\n100001A,100002B,WHIM,WING\n'
                    '100001A,100002B,THREAT,HOUSE\n')
        found = prison.command('import', 'kept-apart', 'bad.csv', '--strict', '--json').must(2)
        same([row['code'] for row in one_value(found)['badRows']],
             ['people.row_same_person', 'people.row_unknown_number', 'people.row_bad_reason',
              'people.row_bad_restriction'], 'each row')
        prison.file('other.csv', HEAD + ANN)
        refused = prison.command('import', 'kept-apart', 'other.csv', '--json').must(2)
        same(one_value(refused)['errorCode'], 'people.no_pair_columns', 'a roll is no such list')
    same(prison.number('SELECT COUNT(*) FROM kept_apart WHERE closed_at IS NULL'), 1, 'pairs')


def killed(folder):
    """The next command goes on with what a killed one left half applied."""
    prison = Prison(folder)
    many = 30_000
    roll(prison, *(f'{100000 + i}K,Kay,Dunn,A-1-00{i % 4 + 1}\n' for i in range(many)))
    began = subprocess.Popen([program.BINARY, '--database', prison.address, 'import', 'roll',
                              'roll.csv', '--yes'], cwd=prison.folder,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    here = 'SELECT COUNT(*) FROM presence WHERE until_at IS NULL'
    program.wait_until(lambda: prison.number(here) > 0, 'some have arrived')
    began.kill()
    began.wait()
    arrived = prison.number(here)
    holds(0 < arrived < many, f'stopped halfway: {arrived}')
    says(prison.command('import', 'roll', 'roll.csv'), 3, 'Going on', '0 arrived')
    same(prison.number(here), many, 'everybody has arrived')
    return f'killed at {arrived} of {many}'


def hostile(folder):
    """Taken as the names that they are, and shown as such."""
    prison = Prison(folder)
    prison.command('account', 'add', 'coo', '--role', 'coordinator').must()
    words = ['=cmd|A1', '<script>alert(1)</script>', "Robert'); DROP TABLE person;--", '../../etc']
    rows = ''.join(f'{300000 + i}D,"{word}",Dunn,A-1-00{i + 1}\n' for i, word in enumerate(words))
    roll(prison, rows)
    done = prison.command('import', 'roll', 'roll.csv', '--yes', '--json').must().json()
    same((done['arrived'], done['bad']), (4, 0), 'taken')
    same([row[0] for row in prison.rows("SELECT given_names FROM person WHERE kind = 'resident' "
                                        'ORDER BY given_names')], sorted(words), 'as they are')


def all_of(folder, tally):
    for is_served in (False, True):
        beside = ', beside serve' if is_served else ''
        tally.run(f'import roll{beside}', takes, folder, is_served)
        tally.run(f'import roll refuses files{beside}', refuses_files, folder, is_served)
    tally.run('import roll refuses rows', refuses_rows, folder)
    tally.run('import roll when many would leave', needs_a_yes, folder)
    tally.run('import kept-apart, beside serve', kept_apart, folder)
    tally.run('import roll, killed halfway', killed, folder)
    tally.run('import roll with hostile names', hostile, folder)
