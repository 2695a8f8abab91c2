#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""For bench/run: what a short Python script does of news.conf, by the standard library alone.

    peer.py news.tar.gz FOLDER

Reads a tar.gz, cleans by two regexes, takes a date by one, leaves out pages that are byte for byte
the same, and writes JSONL, CSV and SQLite.
"""
import csv, hashlib, json, os, re, sqlite3, sys, tarfile

SPACES = re.compile("[\t\u00a0 ]+")
NOISE = re.compile("^(Baca juga|BACA JUGA|Lihat juga|ADVERTISEMENT|SCROLL).*$", re.M)
DATE = re.compile("[0-9]{1,2} [A-Z][a-z]+ [0-9]{4}")
COLUMNS = ("id", "date", "body")


def rows(archive):
    seen = set()
    with tarfile.open(archive, "r|*") as tar:
        for member in tar:
            if not member.isfile():
                continue
            text = tar.extractfile(member).read().decode("utf-8", "replace")
            body = NOISE.sub("", SPACES.sub(" ", text))
            mark = hashlib.md5(body.encode(), usedforsecurity=False).digest()
            if mark in seen:
                continue
            seen.add(mark)
            date = DATE.search(body)
            yield member.name, date.group() if date else None, body


def main():
    archive, folder = sys.argv[1:3]
    db = sqlite3.connect(os.path.join(folder, "news.db"))
    db.execute("create table articles (id text, date text, body text)")
    with open(os.path.join(folder, "news.jsonl"), "w", encoding="utf-8") as lines, \
            open(os.path.join(folder, "news.csv"), "w", encoding="utf-8", newline="") as table:
        cells = csv.writer(table)
        cells.writerow(COLUMNS)
        for row in rows(archive):
            lines.write(json.dumps(dict(zip(COLUMNS, row)), ensure_ascii=False) + "\n")
            cells.writerow(row)
            db.execute("insert into articles values (?, ?, ?)", row)
    db.commit()
    db.close()


if __name__ == "__main__":
    main()
