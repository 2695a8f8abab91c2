#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# For the transform exec: counts the words of each text, and drops what has too few of them.
#
#   [transform exec]
#   command   = python3
#   script    = words.py
#   arguments = 3
#   send      = text
#   take      = words:int
import json
import sys

least = int(sys.argv[1]) if len(sys.argv) > 1 else 1
for line in sys.stdin:
    doc = json.loads(line)
    words = len((doc["text"] or "").split())
    answer = {"words": words}
    if words < least:
        answer["_drop"] = "too_few_words"
    print(json.dumps(answer), flush=True)
