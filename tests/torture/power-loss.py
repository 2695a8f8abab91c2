# SPDX-License-Identifier: Apache-2.0
"""Power loss: builds, from a record of all calls that changed files (record-calls.c), folders as a disk
could hold them after the power went at some point, runs the command again there, and compares.

The model. A disk keeps what a sync promised, and of the rest what it likes.

Of a file that was not synced since they were written, sectors of 512 bytes are kept each by itself: each
holds what it held at any one time since the last sync. The size is any that the file had since then; what
it grew by and was not kept reads as zeros, in a part of the states as garbage. A sector is never torn.
Overwriting and appending are alike in this; that a file was cut is kept or lost as one, as SQLite has to
take it to be, too. fsync and fdatasync are taken to promise the same, size included.

A name - made, renamed, removed - is kept for sure once the folder that it stands in was synced; a sync of
the file does not keep its name, nor does one of a folder keep the folder's own name in its parent. Until
then each change is kept or lost by itself, in any order. A rename is kept or lost as one, in a small part
of the states by leaving both names; never neither. Of a rename from one folder to another it is the new
name's folder that counts.

This is `strict`: no more than POSIX promises but for the whole rename, without which nobody could move a
file safely. A third of the states are of the mode `ordered`, which is nearer to ext4, XFS and Btrfs: any
sync keeps all changes of names before it, later ones are kept in their order up to some point, and a file
grows only by what was written to it, in order.

Not in the model: sectors that go bad, a disk that says it synced and did not, power lost again during the
rerun (a state of the scenario `resumed` comes near to it), and time: a state is what one run's calls make
of what was durable before that run."""

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys

SECTOR = 512
CREATE, TRUNCATE = os.O_CREAT, os.O_TRUNC
BARRIER, PUBLISHING, PUBLISHED = 2, 3, 4
OUT = "runs/out"
OF_NO_PROMISE = {"run.json", "progress.json"}


class Damage(Exception):
    """The record holds what the model does not, or not all that happened."""


class File:
    def __init__(self, data=b"", mode=0o600):
        self.disk, self.now, self.mode = bytes(data), bytearray(data), mode
        self.ops = []  # since the last sync: (offset, bytes) written, or (length, None) cut

    def apply(self, to, op):
        at, data = op
        if data is None:
            if at < len(to):
                del to[at:]
            else:
                to.extend(bytes(at - len(to)))
            return
        if at > len(to):
            to.extend(bytes(at - len(to)))
        to[at:at + len(data)] = data

    def change(self, at, data):
        self.ops.append((at, data))
        self.apply(self.now, (at, data))

    def sync(self):
        self.disk, self.ops = bytes(self.now), []


class Folder:
    def __init__(self, mode=0o755):
        self.base, self.now, self.mode = {}, {}, mode


class Change:
    """Names of one call: (folder, name, what it is now or None), the one that a sync must keep first."""

    def __init__(self, *links):
        self.links, self.durable = links, False


class Disk:
    def __init__(self, base):
        self.root = self.load(base)
        self.changes, self.committed, self.fds = [], 0, {}
        self.cwd = None

    def load(self, path):
        folder = Folder()
        for e in os.scandir(path):
            mode = e.stat(follow_symlinks=False).st_mode & 0o777
            if e.is_dir(follow_symlinks=False):
                node = self.load(e.path)
                node.mode = mode
            else:
                with open(e.path, "rb") as f:
                    node = File(f.read(), mode)
            folder.base[e.name] = folder.now[e.name] = node
        return folder

    # ---- names ----

    def place(self, dir_fd, name):
        """The folder and the name in it; (None, None): not in the folder that is looked at."""
        at = self.fds.get(dir_fd) if dir_fd >= 0 else self.root
        if name.startswith("/"):
            if name != self.cwd and not name.startswith(self.cwd + "/"):
                return None, None
            at, name = self.root, name[len(self.cwd):]
        parts = [p for p in name.split("/") if p not in ("", ".")]
        if not isinstance(at, Folder):
            return None, None
        if ".." in parts:
            return None, None
        for p in parts[:-1]:
            at = at.now.get(p)
            if not isinstance(at, Folder):
                return None, None
        return at, parts[-1] if parts else None

    def change(self, *links):
        for folder, name, node in links:
            if node is None:
                folder.now.pop(name, None)
            else:
                folder.now[name] = node
        self.changes.append(Change(*links))

    def call(self, kind, n, a, b):
        """One record; False: it does not concern the folder."""
        if kind == "H":
            self.cwd = a
        elif kind == "O":
            return self.open(n[0], n[1], n[2], a)
        elif kind == "C":
            self.fds.pop(n[0], None)
        elif kind == "D":
            if n[0] in self.fds:
                self.fds[n[1]] = self.fds[n[0]]
            else:
                self.fds.pop(n[1], None)
            return False
        elif kind in "WTS":
            return self.touch(kind, n, a)
        elif kind in "RUML":
            return self.rename(kind, n, a, b)
        elif kind == "X" and (n[0] < 0 or n[0] in self.fds):
            raise Damage("the run did what the model does not have: " + a)
        return False

    def open(self, fd, dir_fd, flags, path):
        folder, name = self.place(dir_fd, path)
        self.fds.pop(fd, None)
        if folder is None:
            return False
        if name is None:
            self.fds[fd] = folder
            return False
        node, made = folder.now.get(name), False
        if node is None:
            if not flags & CREATE:
                raise Damage(path + " was opened and is not known")
            node = File()
            self.change((folder, name, node))
            made = True
        elif flags & TRUNCATE and isinstance(node, File) and node.now:
            node.change(0, None)
            made = True
        self.fds[fd] = node
        return made

    def touch(self, kind, n, data):
        node = self.fds.get(n[0])
        if node is None:
            return False
        if kind == "W":
            node.change(n[1], data)
        elif kind == "T":
            node.change(n[1], None)
        else:
            if isinstance(node, File):
                node.sync()
            else:
                for c in self.changes:
                    c.durable = c.durable or c.links[0][0] is node
            self.committed = len(self.changes)
        return True

    def rename(self, kind, n, a, b):
        folder, name = self.place(n[0], a)
        if folder is None:
            return False
        if kind == "U":
            self.change((folder, name, None))
        elif kind == "M":
            self.change((folder, name, Folder(n[1] & 0o755)))
        else:
            to, new = self.place(n[1], b)
            if to is None:
                raise Damage("%s went out of the folder" % a)
            node = folder.now[name]
            links = [(to, new, node)]
            if kind == "R" and folder.now.get(name) is not to.now.get(new):
                links.append((folder, name, None))
            self.change(*links)
        return True

    def undecided(self, fd):
        """How many changes a sync of it would decide."""
        node = self.fds.get(fd)
        if isinstance(node, File):
            return min(len(node.ops), 2)
        return sum(not c.durable and c.links[0][0] is node for c in self.changes)

    # ---- what may be left ----

    def names(self, rng, mode, policy):
        """{folder: {name: node}} of a state."""
        tree = {}

        def table(folder):
            return tree.setdefault(folder, dict(folder.base))

        upto = len(self.changes)
        if policy == "none":
            upto = self.committed
        elif policy != "all":
            upto = rng.randint(self.committed, upto)
        chance = rng.choice((0.2, 0.5, 0.8))
        one = rng.choice([c for c in self.changes if not c.durable] or [None])
        for i, c in enumerate(self.changes):
            if mode == "ordered":
                kept = i < upto
            else:
                kept = (c.durable or policy == "all" or policy == "prefix" and i < upto
                        or policy == "one" and c is one or policy == "but one" and c is not one
                        or policy == "ops" and rng.random() < chance)
            if not kept:
                continue
            both = mode == "strict" and not c.durable and rng.random() < 0.2
            for folder, name, node in c.links[:1] if both else c.links:
                if node is None:
                    table(folder).pop(name, None)
                else:
                    table(folder)[name] = node
        return table

    def contents(self, f, rng, mode, policy):
        """The bytes of a file in a state."""
        n = len(f.ops)
        if n == 0 or policy == "none":
            return f.disk
        if policy == "all":
            return bytes(f.now)
        touched, sizes, cuts, size = {}, [len(f.disk)], [], len(f.disk)
        for i, (at, data) in enumerate(f.ops):
            end = max(size, at) if data is None else at + len(data)
            if data is None and at < size:
                cuts.append(i + 1)
            size = at if data is None else max(size, end)
            sizes.append(size)
            for s in range(min(at, sizes[-2]) // SECTOR, (end + SECTOR - 1) // SECTOR):
                touched.setdefault(s, []).append(i + 1)
        upto = rng.randint(0, n)
        cut = max([c for c in cuts if c <= upto], default=0)  # the last that is kept
        last = min([c - 1 for c in cuts if c > cut], default=n)
        chance = rng.choice((0.2, 0.5, 0.8))
        kept = [True] + [rng.random() < chance for _ in f.ops]
        pick = {}
        for s, versions in touched.items():
            least = max([c for c in cuts if c <= cut and c in versions], default=0)
            may = [least] + [v for v in versions if least < v <= last]
            if policy == "sectors" and mode == "strict":
                pick[s] = rng.choice(may)
            elif policy == "ops" and mode == "strict":
                pick[s] = max([v for v in may if kept[v]], default=least)
            elif mode == "ordered" and (s + 1) * SECTOR <= len(f.disk):
                pick[s] = rng.choice(may)
            else:  # in order up to a point; the call that was under way may be there in part
                pick[s] = upto
                if upto + 1 in may and rng.random() < 0.5:
                    pick[s] = upto + 1
        size = rng.choice(sizes[cut:last + 1]) if mode == "strict" else sizes[upto]
        out = self.assemble(f, pick, max(sizes))
        if mode == "strict" and policy == "sectors" and rng.random() < 0.5:
            for s, v in pick.items():
                if v == 0 and s * SECTOR >= len(f.disk):
                    out[s * SECTOR:(s + 1) * SECTOR] = rng.randbytes(SECTOR)
        return bytes(out[:size])

    def assemble(self, f, pick, size):
        out, now = bytearray(f.disk), bytearray(f.disk)
        out.extend(bytes((size // SECTOR + 1) * SECTOR - len(out)))
        at = {}
        for s, v in pick.items():
            at.setdefault(v, []).append(s)
        for v in range(len(f.ops) + 1):
            for s in at.get(v, ()):
                piece = now[s * SECTOR:(s + 1) * SECTOR]
                out[s * SECTOR:(s + 1) * SECTOR] = piece + bytes(SECTOR - len(piece))
            if v < len(f.ops):
                f.apply(now, f.ops[v])
        return out

    def build(self, to, rng, mode, names, data):
        table, done = self.names(rng, mode, names), {}

        def write(folder, path):
            os.mkdir(path, 0o700)
            for name, node in sorted(table(folder).items()):
                at = os.path.join(path, name)
                if isinstance(node, Folder):
                    write(node, at)
                elif node in done:
                    os.link(done[node], at)
                else:
                    with open(at, "wb") as f:
                        f.write(self.contents(node, rng, mode, data))
                    os.chmod(at, node.mode)
                    done[node] = at
            os.chmod(path, folder.mode)

        write(self.root, to)

    def find(self, path):
        at = self.root
        for p in path.split("/"):
            at = at.now.get(p) if isinstance(at, Folder) else None
        return at


def read_record(path):
    with open(path, "rb") as f:
        while line := f.readline():
            kind, n0, n1, n2, l0, l1 = line.decode().split()
            a, b = f.read(int(l0)), f.read(int(l1))
            if kind != "W":
                a, b = os.fsdecode(a), os.fsdecode(b)
            yield kind, (int(n0), int(n1), int(n2)), a, b
            if kind == "E":
                return
    raise Damage("the record has no end")


def journal_kinds(data):
    """The kinds of the records that seem whole; the checksum is etl's to look at."""
    kinds, at = [], 14
    while data[:4] == b"etl " and at + 24 <= len(data):
        size, kind = (int.from_bytes(data[at + i:at + i + 8], "little") for i in (0, 8))
        if size > len(data) - at - 24 or not 1 <= kind <= 4:
            break
        kinds.append(kind)
        at += size + 24
    return kinds


def read(path):
    with open(path, "rb") as f:
        return f.read()


def look(root):
    """What must be the same: {path: bytes}, of a database its dump."""
    found = {}
    for at, folders, files in os.walk(root):
        folders.sort()
        for name in files:
            path = os.path.join(at, name)
            short = os.path.relpath(path, root)
            if "/.state/" in path:
                if name not in ("journal", "lock"):
                    found[short] = b"left over"
            elif name in OF_NO_PROMISE:
                continue
            elif name.endswith(".db"):
                found[short] = subprocess.run(["sqlite3", path, "pragma integrity_check", ".dump"],
                                              capture_output=True, check=False).stdout
            elif name == "manifest.json":
                found[short] = re.sub(rb'(\.db",).*', rb"\1", read(path))
            else:
                found[short] = read(path)
    return found


class Test:
    def __init__(self, o):
        self.o = o
        self.want = look(o.want)
        self.env = dict(os.environ, LD_PRELOAD=o.shim)
        self.env.pop("ETL_RECORD", None)
        self.tried = self.resumable = self.resumed = self.publishing = self.bad = 0

    def run(self, command):
        return subprocess.run(command, cwd=self.o.state, env=self.env, capture_output=True, timeout=120,
                              stdin=subprocess.DEVNULL, errors="replace", check=False)

    def state(self, disk, rng, at_end):
        """None, or what is wrong."""
        o = self.o
        mode = "ordered" if rng.random() < 0.33 else "strict"
        names = rng.choice(("none", "all", "prefix", "ops", "one", "one", "but one"))
        data = rng.choice(("none", "all", "prefix", "ops", "sectors", "sectors"))
        shutil.rmtree(o.state, ignore_errors=True)
        disk.build(o.state, rng, mode, names, data)
        self.what = "%s, names %s, data %s" % (mode, names, data)
        if o.keep and self.bad == 0:
            shutil.rmtree(o.keep, ignore_errors=True)
            shutil.copytree(o.state, o.keep)
        self.tried += 1

        out = os.path.join(o.state, OUT)
        manifest, journal = os.path.join(out, "manifest.json"), os.path.join(out, ".state/journal")
        kinds = journal_kinds(read(journal)) if os.path.exists(journal) else []
        if BARRIER in kinds and PUBLISHED not in kinds:
            self.resumable += 1
        if kinds and kinds[-1] == PUBLISHING:
            self.publishing += 1
        durable = self.durable_barriers(disk)
        wrong = None
        if kinds.count(BARRIER) < durable:
            wrong = "%d barriers were durable, the journal is there with %d" % (durable, kinds.count(BARRIER))
        if os.path.exists(manifest):
            p = self.run([o.etl, "verify", OUT])
            if p.returncode != 0:
                return wrong or "a manifest that does not hold: " + p.stderr
        elif at_end:
            return wrong or "the run had ended well, and its manifest is lost"
        times = os.path.join(out, "run.json")
        if os.path.exists(times):
            os.remove(times)
        p = self.run(o.command)
        if p.returncode != 0:
            return wrong or "the rerun ended with %d: %s" % (p.returncode, p.stderr)
        resumed = os.path.exists(times) and json.loads(read(times))["resumed_at"] > 0
        self.resumed += resumed
        if durable > 0 and PUBLISHING not in kinds and not resumed:
            return wrong or "the rerun began afresh, though a barrier was durable"
        p = self.run([o.etl, "verify", OUT])
        if p.returncode != 0:
            return wrong or "the rerun's manifest does not hold: " + p.stderr
        found = look(o.state)
        if found != self.want:
            differing = sorted(k for k in found.keys() | self.want.keys() if found.get(k) != self.want.get(k))
            return wrong or "the rerun ended in other bytes: " + ", ".join(differing)
        return wrong

    def durable_barriers(self, disk):
        """How many must be there, whatever was lost."""
        journal = disk.find(OUT + "/.state/journal")
        if not isinstance(journal, File):
            return 0
        return min(journal_kinds(d).count(BARRIER) for d in (journal.disk, bytes(journal.now)))

    def cuts(self, calls, undecided, rng):
        """So many places in the record: all over it, in its beginning, in publishing, and at its end;
        and of these every second just before a sync, the likelier the more it has to decide."""
        n = len(calls)
        begun = n - 1
        for i, (kind, _, a, b) in enumerate(calls):
            if kind == "R" and os.path.basename(b) not in OF_NO_PROMISE | {"journal"}:
                begun = max(0, i - 12)
                break
        for _ in range(self.o.states):
            where = rng.random()
            first, last = (n, n) if where < 0.1 else (begun, n) if where < 0.45 else (0, n)
            if where > 0.85:
                last = min(40, n)
            syncs = [i for i in undecided if first <= i <= last]
            if syncs and rng.random() < 0.5:
                yield rng.choices(syncs, [undecided[i] for i in syncs])[0]
            else:
                yield rng.randint(first, last)


def main():
    p = argparse.ArgumentParser(description="see the comment at the top")
    p.add_argument("--name", required=True, help="of the scenario, for messages")
    p.add_argument("--base", required=True, help="the folder as it was before the run that was recorded")
    p.add_argument("--after", required=True, help="the folder as that run left it")
    p.add_argument("--record", required=True)
    p.add_argument("--want", required=True, help="the folder as an undisturbed run leaves it")
    p.add_argument("--state", required=True, help="where states are built; it is removed again and again")
    p.add_argument("--keep", help="where the state that failed is to be kept")
    p.add_argument("--shim", required=True)
    p.add_argument("--etl", required=True)
    p.add_argument("--states", type=int, required=True)
    p.add_argument("--seed", type=int, required=True)
    p.add_argument("--totals", required=True, help="a file; a line of figures is added to it")
    p.add_argument("--go-on", action="store_true", help="try all states, whatever fails")
    p.add_argument("command", nargs=argparse.REMAINDER)
    o = p.parse_args()
    o.command = o.command[1:] if o.command[:1] == ["--"] else o.command

    disk, calls, undecided = Disk(o.base), [], {}
    for r in read_record(o.record):  # a first time for the calls that count and for what is in the end
        n = disk.undecided(r[1][0]) if r[0] == "S" else 0
        if disk.call(*r):
            if n > 0:
                undecided[len(calls)] = n
            calls.append(r)
    check = os.path.join(os.path.dirname(o.state), "replayed")
    shutil.rmtree(check, ignore_errors=True)
    disk.build(check, random.Random(0), "ordered", "all", "all")
    if subprocess.run(["diff", "-r", check, o.after], check=False).returncode != 0:
        raise Damage("the record does not make what the run made: a call is not recorded")

    test, rng = Test(o), random.Random("%d %s" % (o.seed, o.name))
    cuts = sorted(test.cuts(calls, undecided, rng))
    disk, done = Disk(o.base), 0
    records = read_record(o.record)
    for number, cut in enumerate(cuts):
        while done < cut:
            done += bool(disk.call(*next(records)))
        # The state is its number's alone, so that one can be had again without the others.
        wrong = test.state(disk, random.Random("%d %s %d" % (o.seed, o.name, number)), cut == len(calls))
        if wrong:
            test.bad += 1
            print("%s: state %d, after call %d of %d, %s: %s"
                  % (o.name, number, cut, len(calls), test.what, wrong.strip()), flush=True)
            if not o.go_on:
                break
    if o.keep and test.bad == 0:
        shutil.rmtree(o.keep, ignore_errors=True)
    with open(o.totals, "a", encoding="ascii") as f:
        print(test.tried, test.resumable, test.resumed, test.publishing, test.bad, file=f)
    return 1 if test.bad else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Damage as e:
        print("power-loss.py:", e)
        sys.exit(2)
