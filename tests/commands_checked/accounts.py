"""account, device, token: each alone and beside a running serve."""
import contextlib

from prison import Prison, one_value, says
from program import Client, Serve, holds, same

REFUSED = [
    (('account', 'add', 'ann', '--role', 'officer'), 1, 'access.name_is_taken'),
    (('account', 'add', 'x', '--role', 'officer'), 1, 'access.bad_sign_in_name'),
    (('account', 'add', 'b c', '--role', 'officer'), 1, 'access.bad_sign_in_name'),
    (('account', 'add', 'bob', '--role', 'officer', '--pin'), 1,
     'access.pin_is_for_residents_and_peers'),
    (('account', 'add', 'bob', '--role', 'resident', '--pin'), 1, 'access.person_is_needed'),
    (('account', 'add', 'bob', '--role', 'resident', '--person', 'Z9'), 1,
     'access.person_is_unknown'),
    (('account', 'add', 'bob', '--role', 'partner', '--scheme', 'no such!'), 1,
     'access.scheme_is_unknown'),
    (('account', 'add', 'bob', '--role', 'partner', '--scheme', 'insiders'), 1,
     'access.scheme_is_unknown'),
    (('account', 'add', 'bob', '--role', 'officer', '--wing', 'ZZ'), 1, 'access.place_is_unknown'),
    (('account', 'add', 'bob', '--role', 'officer', '--language', 'xx'), 1,
     'access.unknown_language'),
    (('account', 'add', 'bob', '--role', 'officer', '--display-name', 'x' * 81), 1,
     'access.bad_display_name'),
    (('account', 'add', 'bob', '--role', 'officer', '--person', 'S 1!'), 1,
     'people.bad_staff_number'),
    (('account', 'number', 'nobody', 'S1'), 1, 'access.no_such_account'),
    (('account', 'disable', 'nobody'), 1, 'access.no_such_account'),
    (('account', 'enable', 'nobody'), 1, 'access.no_such_account'),
    (('account', 'reset', 'nobody'), 1, 'access.no_such_account'),
    (('account', 'roles', 'nobody', '--role', 'officer'), 1, 'access.no_such_account'),
    (('account', 'disable', 'boss'), 1, 'access.last_administrator'),
    (('account', 'roles', 'boss', '--role', 'officer'), 1, 'access.last_administrator'),
    (('device', 'add', '--kind', 'in_cell', '--label', 'x'), 1, 'access.place_is_needed'),
    (('device', 'add', '--kind', 'in_cell', '--label', 'x', '--place', 'A-1-999'), 1,
     'access.place_is_unknown'),
    (('device', 'add', '--kind', 'wing_kiosk', '--label', 'x', '--place', '!'), 1,
     'access.place_is_unknown'),
    (('device', 'add', '--kind', 'wing_kiosk', '--label', 'x', '--place', 'A-1-001'), 1,
     'access.place_does_not_fit'),
    (('device', 'add', '--kind', 'in_cell', '--label', 'x', '--place', 'A'), 1,
     'access.place_does_not_fit'),
    (('device', 'add', '--kind', 'office', '--label', 'x' * 61), 1, 'access.bad_label'),
    (('device', 'code', '1234'), 1, 'access.no_such_device'),
    (('device', 'revoke', '1234'), 1, 'access.no_such_device'),
    (('token', 'add', '', '--role', 'officer'), 1, 'access.bad_label'),
    (('token', 'revoke', '1234'), 1, 'access.no_such_token'),
]
NOT_UNDERSTOOD = [
    (('account', 'add', 'bob', '--role', 'king'), 'king'),
    (('account', 'add', '--role', 'officer'), 'NAME'),
    (('account', 'add', 'bob'), '--role'),
    (('device', 'add', '--kind', 'phone', '--label', 'x'), 'phone'),
    (('device', 'add', '--kind', 'office'), '--label'),
    (('token', 'add', 't', '--role', 'officer', '--days', '0'), '--days'),
    (('token', 'add', 't', '--role', 'resident'), 'resident'),
    (('token', 'add', 't', '--role', 'peer'), 'peer'),
    (('token', 'add', 't', '--role', 'officer', '--days', 'x'), '--days'),
]


def with_ann(folder):
    prison = Prison(folder)
    prison.command('account', 'add', 'ann', '--role', 'officer').must()
    return prison


def refuses(folder, is_served):
    prison = with_ann(folder)
    with Serve(prison) if is_served else contextlib.nullcontext():
        with prison.unchanged():
            for words, code, error in REFUSED:
                said = one_value(prison.command(*words, '--json').must(code), 'userMessage')
                same(said['errorCode'], error, f'{words}')
                says(prison.command(*words), code, said['userMessage'])
            for words, word in NOT_UNDERSTOOD:
                says(prison.command(*words), 2, word)
    return f'{len(REFUSED) + len(NOT_UNDERSTOOD)} refused'


def accounts(folder):
    prison = with_ann(folder)
    added = one_value(prison.command('account', 'add', 'pat', '--role', 'partner', '--scheme',
                                     'listeners', '--language', 'fr-CA', '--json').must(),
                      'accountId', 'oneTimeSecret')
    listed = {row['signInName']: row for row in prison.command('account', 'list', '--json')
              .must().json()}
    same(sorted(listed), ['ann', 'boss', 'pat'], 'who there is')
    same(listed['pat']['accountId'], added['accountId'], 'the id')
    one_value(prison.command('account', 'disable', 'pat', '--json').must(), 'accountId')
    same(closed(prison, 'pat'), True, 'closed')
    prison.command('account', 'disable', 'pat').must()              # again: nothing to do
    prison.command('account', 'enable', 'pat').must()
    same(closed(prison, 'pat'), False, 'open')
    reset = one_value(prison.command('account', 'reset', 'pat', '--json').must())
    holds(reset['oneTimeSecret'] != added['oneTimeSecret'], 'another secret')
    roles = prison.command('account', 'roles', 'pat', '--role', 'officer', '--role', 'partner',
                           '--json').must().json()
    same(set(roles['roles'].split()), {'officer', 'partner'}, 'the roles')
    prison.command('account', 'add', 'kim', '--role', 'officer', '--person', 'S123').must()
    prison.command('account', 'number', 'pat', 's124').must()
    same(one_value(prison.command('account', 'number', 'ann', 'S123', '--json').must(1))
         ['errorCode'], 'access.person_has_account', "kim's")
    text = prison.command('account', 'list').must().out
    holds('pat\t' in text and 'oneTime' not in text, 'in words')


def closed(prison, name):
    listed = prison.command('account', 'list', '--json').must().json()
    return [row for row in listed if row['signInName'] == name][0]['disabledAt'] is not None


def devices(folder):
    prison = with_ann(folder)
    added = one_value(prison.command('device', 'add', '--kind', 'wing_kiosk', '--place', 'A',
                                     '--label', 'Kiosk', '--json').must(), 'deviceId', 'code')
    in_cell = prison.command('device', 'add', '--kind', 'in_cell', '--place', 'A-1-001',
                             '--label', 'Cell', '--json').must().json()
    with Serve(prison) as serve:
        screen = serve.client()
        done = screen.form('/device', '/device', {'code': added['code']})
        same(done.status, 303, f'registering: {done.body[:200]}')
        same(screen.get('/ask').status, 200, 'a registered screen may ask')
        used = serve.client().form('/device', '/device', {'code': added['code']})
        same(used.status, 422, 'a code works once')
        again = one_value(prison.command('device', 'code', in_cell['deviceId'], '--json').must(),
                          'code')
        holds(again['code'] != in_cell['code'], 'a new code')
        prison.command('device', 'revoke', added['deviceId']).must()
        holds(screen.get('/ask').status != 200, 'out of use at once')
        listed = prison.command('device', 'list', '--json').must().json()
        same([bool(row['revokedAt']) for row in listed if row['label'] == 'Kiosk'], [True], 'so')
        says(prison.command('device', 'code', added['deviceId']), 1)


def tokens(folder):
    prison = with_ann(folder)
    with Serve(prison) as serve:
        made = one_value(prison.command('token', 'add', 'reports', '--role', 'officer', '--days',
                                        '1', '--json').must(), 'token', 'tokenId', 'endsAt')
        client = Client(serve.url, made['token'])
        same(client.get('/api/v1/requests').status, 200, 'a token')
        listed = prison.command('token', 'list').must().out
        holds('reports' in listed and made['token'] not in listed, 'it is shown once')
        prison.command('token', 'revoke', made['tokenId']).must()
        same(client.get('/api/v1/requests').status, 401, 'revoked, at once')
        same(Client(serve.url, made['token'] + 'x').get('/api/v1/requests').status, 401, 'another')


def of_another_prison(folder):
    """A running serve answers for its own prison alone."""
    prison = with_ann(folder)
    with Serve(prison), prison.unchanged():
        for words in (('account', 'add', 'bob', '--role', 'officer'), ('ledger', 'verify'),
                      ('token', 'add', 't', '--role', 'officer')):
            says(prison.command(*words, '--establishment', 'FEN'), 2, 'serves SMI', 'FEN')
        prison.command('ledger', 'verify', '--establishment', 'SMI').must()


def all_of(folder, tally):
    tally.run('account, ledger, token of another prison', of_another_prison, folder)
    tally.run('accounts', accounts, folder)
    tally.run('devices, beside serve', devices, folder)
    tally.run('tokens, beside serve', tokens, folder)
    tally.run('account, device, token refuse', refuses, folder, False)
    tally.run('account, device, token refuse, beside serve', refuses, folder, True)
