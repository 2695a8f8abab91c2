# SPDX-License-Identifier: Apache-2.0
# Each call by which host, plugins and libraries read and write fails, with each errno that it can
# have, once or from then on, in a new run and in one that goes on. The run does without it, or ends with
# the documented status, names file, operation and cause, and publishes nothing; and the same
# command afterwards gives the bytes of an undisturbed run.
# ETL_FAULT_CASES=N: how many of all cases (300).
. "${srcdir:-.}/tests/fault-work.sh"
check "the runs to compare with" prepare

for from in fresh stopped; do
    while read -r op errnos; do
        calls=$(awk -v op="$op" '$1 == op {print $2}' $from)
        for ((nth = 1; nth <= calls; nth++)); do
            for errno in $errnos; do
                echo "$from $op $nth $errno"
                echo "$from $op $nth $errno sticky"
            done
        done
    done <<'OPS'
open EIO EMFILE EROFS ENOSPC EDQUOT EINTR
read EIO EINTR short
write ENOSPC EDQUOT EIO EINTR EAGAIN EROFS short
sync EIO ENOSPC EDQUOT EINTR
truncate EIO EROFS EINTR
rename EIO ENOSPC EROFS
unlink EIO EROFS
mkdir ENOSPC EDQUOT EIO EROFS
close EIO ENOSPC EDQUOT EINTR
map ENOMEM
OPS
done >cases
check "each case" all_cases 300
finish
