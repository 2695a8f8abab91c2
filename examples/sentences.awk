# SPDX-License-Identifier: Apache-2.0
# For the transform exec: counts the sentences of each text. What awk cannot do is read JSON; where
# that is not needed, it is short and fast.
#
#   [transform exec]
#   command = mawk, -W, interactive, -f       (other awks need no -W)
#   script  = sentences.awk
#   send    = text
#   take    = sentences:int
{
    gsub(/\\[^n]/, "")                          # escaped quotes and the like
    printf "{\"sentences\":%d}\n", gsub(/[.!?]( |\\n|"\})/, "")
    fflush()
}
