#!/usr/bin/env python3
"""Runs the commands of docs/walkthrough.md as they stand there, against a fresh installation in a
scratch folder, and holds what comes back against what the page says. Ends with
`N passed, N failed`.

    tests/walkthrough.py [--show] [--keep]

A block of `sh` is what is typed; the block of `text` after it is what comes back, where `…` stands
for whatever is left out. The program is build/release/alongside, or what ALONGSIDE names.
"""
import argparse
import os
import pathlib
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
import time

import program

PAGE = program.ROOT / 'docs/walkthrough.md'
PATIENCE_S = 60


class Step:
    """One block of commands, with what the page says comes back; None where it says nothing."""

    def __init__(self, heading, line, commands, answer):
        self.heading, self.line, self.commands, self.answer = heading, line, commands, answer

    def name(self):
        return f'docs/walkthrough.md:{self.line} ({self.heading})'


def steps_of(text):
    steps, heading, block, kind, begins = [], '', [], '', 0
    for number, line in enumerate(text.splitlines(), 1):
        fence = re.fullmatch(r'```(\w*)', line)
        if not fence:
            if kind:
                block.append(line)
            elif line.startswith('#'):
                heading = line.lstrip('# ')
            continue
        if not kind:
            kind, block, begins = fence.group(1) or 'plain', [], number
            continue
        if kind == 'sh':
            steps.append(Step(heading, begins, '\n'.join(block), None))
        elif kind == 'text':
            program.holds(steps and steps[-1].answer is None, f'line {begins}: of which command?')
            steps[-1].answer = '\n'.join(block)
        else:
            raise AssertionError(f'line {begins}: a block is sh or text')
        kind = ''
    return steps


def fits(said, came):
    """Whether what came back is what the page says, whatever the white space."""
    parts = [r'\s+'.join(map(re.escape, part.split())) for part in said.split('…')]
    return re.fullmatch(r'\s*' + r'.*?'.join(rf'\s*{part}\s*' for part in parts) + r'\s*', came,
                        re.DOTALL) is not None


def with_a_slip(said):
    """The same answer with one letter or digit of it changed, in the middle."""
    letters = [i for i, c in enumerate(said) if c.isalnum()]
    at = letters[len(letters) // 2]
    return said[:at] + ('8' if said[at] != '8' else '3') + said[at + 1:]


class Shell:
    """One bash, as a reader would have it open."""
    end = 'the-end-of-this-step'

    def __init__(self, folder):
        with socket.socket() as probe:
            probe.bind(('127.0.0.1', 0))
            port = probe.getsockname()[1]
        bin_folder = folder / 'bin'
        bin_folder.mkdir()
        (bin_folder / 'alongside').symlink_to(program.BINARY)
        clean = {k: v for k, v in os.environ.items() if not k.startswith('ALONGSIDE')}
        self.process = subprocess.Popen(
            ['bash', '--norc', '--noprofile'], cwd=folder, text=True, start_new_session=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={**clean, 'PATH': f'{bin_folder}:{os.environ["PATH"]}', 'PORT': str(port),
                 'LC_ALL': 'C.UTF-8'})
        self.lines = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put(None)

    def type(self, commands):
        self.process.stdin.write(f'{commands}\necho; echo {self.end}\n')
        self.process.stdin.flush()
        until, came = time.monotonic() + PATIENCE_S, []
        while True:
            try:
                line = self.lines.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f'no end within {PATIENCE_S} s of:\n{commands}') from None
            program.holds(line is not None, f'the shell ended in:\n{commands}')
            if line.strip() == self.end:
                return ''.join(came)
            came.append(line)

    def close(self):
        try:
            os.killpg(self.process.pid, signal.SIGTERM)     # bash, and the serve that it started
            self.process.wait(timeout=10)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            self.process.kill()


def take(shell, step, show):
    came = shell.type(step.commands)
    if show:
        print(f'--- {step.name()}\n{step.commands}\n=> {came}', flush=True)
    if step.answer is None:
        program.same(came.strip(), '', 'what came back, of which the page says nothing')
        return
    if not fits(step.answer, came):
        raise AssertionError(f'after\n{step.commands}\nthe page says\n{step.answer}\n'
                             f'and there came\n{came}')


def notices_a_slip(steps):
    """Any letter of the page that is wrong must be noticed; here one of every answer."""
    said = [step.answer for step in steps if step.answer]
    program.holds(len(said) > 10, 'the page shows hardly any answers')
    for answer in said:
        example = answer.replace('…', '(left out)')
        program.holds(fits(answer, example), f'an answer does not fit itself:\n{answer}')
        program.holds(not fits(with_a_slip(answer), example), f'a slip is not noticed:\n{answer}')


def main():
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument('--show', action='store_true', help='print what comes back, whole')
    words.add_argument('--keep', action='store_true', help='leave the scratch folder to look at')
    given = words.parse_args()
    steps = steps_of(PAGE.read_text())
    tally = program.Tally()
    tally.run('a slip of the page is noticed', notices_a_slip, steps)
    with program.scratch(given.keep) as folder:
        shell = Shell(pathlib.Path(folder))
        try:
            for step in steps:
                tally.run(step.name(), take, shell, step, given.show)
        finally:
            shell.close()
    return tally.close()


if __name__ == '__main__':
    sys.exit(main())
