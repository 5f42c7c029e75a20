"""`ledger verify` on databases that somebody changed by hand: each change is named."""
from prison import Prison, one_value, says
from program import Serve, holds, same

# What was done to the file; the entry that is wrong, and how.
TAMPERED = [
    ('a payload is altered',
     "UPDATE ledger_payload SET payload = '{\"roles\":\"administrator\"}' WHERE seq = 3;",
     3, 'payload_altered'),
    ('an entry says another verb',
     "UPDATE ledger_entry SET verb = 'account.disabled' WHERE seq = 2;", 2, 'altered'),
    ('an entry has another time', 'UPDATE ledger_entry SET at = at - 1 WHERE seq = 4;',
     4, 'altered'),
    ('a number is a text', "UPDATE ledger_entry SET at = 'abc' WHERE seq = 5;", 5, 'altered'),
    ('the index names another', "UPDATE ledger_subject SET subject = 'x' WHERE seq = 3;",
     3, 'altered'),
    ('an entry is removed', 'DELETE FROM ledger_subject WHERE seq = 3;'
     'DELETE FROM ledger_payload WHERE seq = 3; DELETE FROM ledger_entry WHERE seq = 3;',
     3, 'missing'),
    ('the last is removed', 'DELETE FROM ledger_subject WHERE seq = 7;'
     'DELETE FROM ledger_payload WHERE seq = 7; DELETE FROM ledger_entry WHERE seq = 7;',
     7, 'missing'),
    ('two are exchanged', 'UPDATE ledger_entry SET seq = 1000 WHERE seq = 3;'
     'UPDATE ledger_entry SET seq = 3 WHERE seq = 4;'
     'UPDATE ledger_entry SET seq = 4 WHERE seq = 1000;', 3, 'reordered'),
    ('one is added', 'INSERT INTO ledger_entry SELECT establishment_id, 8, at, verb, subjects, '
     'actor, payload_hash, entry_hash, entry_hash FROM ledger_entry WHERE seq = 7;',
     8, ('altered', 'forged')),
    ('the end is moved', "UPDATE ledger_head SET entry_hash = x'00';", 7, 'forged'),
]


def seven_entries(folder):
    prison = Prison(folder)
    for name in ('ann', 'bea', 'cat'):
        prison.command('account', 'add', name, '--role', 'officer').must()
    return prison


def named(folder, what, script, seq, kinds):
    prison = seven_entries(folder)
    whole = one_value(prison.command('ledger', 'verify', '--json').must(), 'head', 'entries')
    same((whole['intact'], whole['entries']), (True, 7), 'before')
    prison.script(script)
    verdict = one_value(prison.command('ledger', 'verify', '--json').must(1))
    holds(not verdict['intact'], f'{what}: it is noticed')
    same(verdict['trouble']['seq'], seq, f'{what}: which entry')
    kinds = kinds if isinstance(kinds, tuple) else (kinds,)
    holds(verdict['trouble']['kind'] in kinds, f'{what}: {verdict["trouble"]}')
    says(prison.command('ledger', 'verify'), 1, verdict['trouble']['sentence'])
    with Serve(prison):                                             # through the socket as well
        again = one_value(prison.command('ledger', 'verify', '--json').must(1))
        same(again['trouble'], verdict['trouble'], f'{what}: beside serve')


def cut_off(folder):
    """Who removes the end, and tidily, is found out by the head that was written down."""
    prison = seven_entries(folder)
    head = prison.command('ledger', 'verify', '--json').must().json()['head']
    prison.script('DELETE FROM ledger_subject WHERE seq > 6; DELETE FROM ledger_payload WHERE '
                  'seq > 6; DELETE FROM ledger_entry WHERE seq > 6; UPDATE ledger_head SET seq = 6,'
                  ' entry_hash = (SELECT entry_hash FROM ledger_entry WHERE seq = 6);')
    prison.command('ledger', 'verify').must()
    verdict = prison.command('ledger', 'verify', '--head', head, '--json').must(1).json()
    same((verdict['trouble']['seq'], verdict['trouble']['kind']), (7, 'missing'), 'what is gone')
    says(prison.command('ledger', 'verify', '--head', 'nonsense'), 2, '--head')


# SQLite lets a column hold anything: what was done; the entry that is wrong, and how.
OF_ANOTHER_KIND = [
    ("UPDATE ledger_payload SET seq = 'zzz' WHERE seq = 3;", 3, 'payload_missing'),
    ("INSERT INTO ledger_payload SELECT establishment_id, 'zzz', nonce, payload "
     "FROM ledger_payload WHERE seq = 3;", 7, 'payload_altered'),
    ("UPDATE ledger_subject SET seq = 'zzz' WHERE seq = 3;", 3, 'altered'),
    ("UPDATE ledger_subject SET subject = x'00' WHERE seq = 3;", 3, 'altered'),
    ("INSERT INTO ledger_subject SELECT establishment_id, 'zzz', subject FROM ledger_subject "
     "WHERE seq = 3;", 7, 'altered'),
    ("UPDATE ledger_head SET seq = 'zzz';", 7, 'forged'),
    ("UPDATE ledger_head SET entry_hash = 'zzz';", 7, 'forged'),
]


def of_another_kind(folder):
    prison = seven_entries(folder)
    for script, seq, kind in OF_ANOTHER_KIND:
        whole = prison.path.read_bytes()
        prison.script(script)
        verdict = prison.command('ledger', 'verify', '--json').must(1).json()
        same((verdict['trouble']['seq'], verdict['trouble']['kind']), (seq, kind), script)
        prison.path.write_bytes(whole)


def all_of(folder, tally):
    for case in TAMPERED:
        tally.run(f'ledger verify: {case[0]}', named, folder, *case)
    tally.run('ledger verify: the end is cut off', cut_off, folder)
    tally.run('ledger verify: a value is of another kind', of_another_kind, folder)
