"""serve and demo: where they listen, TLS, and what is refused."""
import os
import socket
import ssl
import subprocess

from prison import Prison, says
from program import NoAnswer, Serve, holds, run, same


def certificate(folder, name):
    """Self-signed, for 127.0.0.1; its file and its key's."""
    cert, key = folder / f'{name}.pem', folder / f'{name}.key'
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt',
                    'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key, '-out', cert,
                    '-days', '2', '-subj', '/CN=localhost',
                    '-addext', 'subjectAltName=IP:127.0.0.1'],
                   check=True, capture_output=True, timeout=60)
    return cert, key


def speaks_tls(folder):
    prison = Prison(folder)
    cert, key = certificate(prison.folder, 'one')
    with Serve(prison, '--tls-cert', cert, '--tls-key', key) as serve:
        holds(serve.url.startswith('https://127.0.0.1:'), serve.url)
        trusting = ssl.create_default_context(cafile=cert)
        client = serve.client(tls=trusting)
        same(client.get('/health/ready').status, 200, 'over TLS')
        holds('secure' in str(client.get('/sign-in').headers.get_all('Set-Cookie')).lower(),
              'cookies for TLS alone')
        old = ssl.create_default_context(cafile=cert)
        old.maximum_version = ssl.TLSVersion.TLSv1_1
        for what, tls in (('a stranger’s trust', ssl.create_default_context()), ('TLS 1.1', old)):
            try:
                serve.client(tls=tls).get('/health/live')
            except NoAnswer:
                continue
            raise AssertionError(f'{what} was accepted')
        same(serve.stop(), 0, 'the exit code')


def refuses_tls(folder):
    prison = Prison(folder)
    cert, key = certificate(prison.folder, 'one')
    _, other = certificate(prison.folder, 'two')
    prison.file('none.pem', 'no certificate')
    for cert_given, key_given, named in ((cert, other, other), (cert, cert, cert),
                                         ('none.pem', key, 'none.pem'),
                                         ('absent.pem', key, 'absent.pem')):
        refused = prison.command('serve', '--port', '0', '--tls-cert', cert_given, '--tls-key',
                                 key_given, timeout=15)
        says(refused, 2, os.path.basename(named))
    for words in (('--tls-cert', cert), ('--tls-key', key)):
        says(prison.command('serve', '--port', '0', *words, timeout=15), 2, '--tls-')


def listens_here_alone(folder):
    prison = Prison(folder)
    for address in ('0.0.0.0', '::', '192.0.2.1', 'nonsense'):
        says(prison.command('serve', '--port', '0', '--address', address, timeout=15), 2)
        says(run('demo', '--port', '0', '--address', address, folder=prison.folder, timeout=15), 2,
             'this machine')
    says(run('demo', '--port', '0', '--behind-proxy', folder=prison.folder, timeout=15), 2)
    for port in ('99999', '-1', 'http'):
        says(prison.command('serve', '--port', port, timeout=15), 2, '--port')
    says(prison.command('serve', '--port', '99999', timeout=15), 2, '65535')
    for at, wrong in (('2026-02-30 03:00', 'no day "2026-02-30"'), ('2026-02-20', 'after the day'),
                      ('25:00', '25:00')):
        says(run('demo', '--port', '0', '--at', at, folder=prison.folder, timeout=15), 2, wrong)
    prison.file('demo.db', '')
    says(run('demo', '--folder', '.', folder=prison.folder, timeout=15), 2,
         'alongside serve --database sqlite:')
    with socket.socket() as taken:
        taken.bind(('127.0.0.1', 0))
        taken.listen()
        port = taken.getsockname()[1]
        says(prison.command('serve', '--port', port, timeout=15), 4, port)
    with Serve(prison, '--behind-proxy', '--address', '0.0.0.0') as serve:
        same(Serve.client(serve).get('/health/live').status, 200, 'a proxy in front')
    none = Prison(folder, init=False)
    says(none.command('serve', '--port', '0', timeout=15), 2, 'no database', 'alongside init')
    same(list(none.folder.iterdir()), [], 'nothing is left behind')


def refuses_strangers_files(folder):
    """Keys that others may read, or that are something else, are not used."""
    prison = Prison(folder)
    prison.keys.chmod(0o644)
    says(prison.command('serve', '--port', '0', timeout=15), 4, 'read by others')
    prison.keys.chmod(0o600)
    kept = prison.keys.read_bytes()
    prison.keys.write_bytes(b'something else entirely' * 10)
    says(prison.command('serve', '--port', '0', timeout=15), 4, 'not a file of keys')
    prison.keys.write_bytes(kept)
    pepper = prison.folder / (prison.path.name + '.pepper')
    aside = pepper.read_bytes()
    pepper.unlink()
    refused = prison.command('serve', '--port', '0', timeout=15)
    holds(refused.code in (2, 4), f'without the pepper: {refused.code}')
    says(refused, refused.code, 'pepper')
    pepper.write_bytes(aside)
    pepper.chmod(0o600)
    with Serve(prison) as serve:
        same(serve.client().get('/health/ready').status, 200, 'as before')


def all_of(folder, tally):
    tally.run('serve over TLS', speaks_tls, folder)
    tally.run('serve refuses certificates that do not fit', refuses_tls, folder)
    tally.run('serve and demo listen on this machine alone', listens_here_alone, folder)
    tally.run('serve refuses keys that are not its own', refuses_strangers_files, folder)
