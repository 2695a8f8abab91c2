# SPDX-License-Identifier: Apache-2.0
# Each time that the program, a plugin, or the C library for them asks for memory there is none, once
# or from then on: status 71 or a run that did without, no crash, no leak (in a build with the
# address sanitizer), nothing published, and the same command afterwards gives the same bytes.
# ETL_FAULT_CASES=N: how many of all cases (200).
pages=160 # enough that the journal is shortened on the way
. "${srcdir:-.}/tests/fault-work.sh"
check "the runs to compare with" prepare

for from in fresh stopped; do
    calls=$(awk '$1 == "memory" {print $2}' $from)
    for ((nth = 1; nth <= calls; nth++)); do
        echo "$from memory $nth ENOMEM"
        echo "$from memory $nth ENOMEM sticky"
    done
done >cases
check "each case" all_cases 200
finish
