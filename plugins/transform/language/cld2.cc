/* SPDX-License-Identifier: Apache-2.0 */
/* CLD2 speaks C++: all of the project's C++ is this file. CLD2's header needs FILE. In a build
 * without CLD2 no language is ever found here. */
#include "config.h"
#include "cld2.h"

#ifdef HAVE_CLD2
#include <stdio.h>
#include <cld2/public/compact_lang_det.h>
#include <cld2/public/encodings.h>

struct cld2_guess cld2_detect(const char *text, int n)
{
    CLD2::CLDHints hints = { nullptr, nullptr, CLD2::UNKNOWN_ENCODING, CLD2::UNKNOWN_LANGUAGE };
    CLD2::Language language[3];
    double score[3];
    int bytes;
    struct cld2_guess g = {};

    CLD2::ExtDetectLanguageSummary(text, n, true, &hints, CLD2::kCLDFlagBestEffort, language,
                                   g.percent, score, nullptr, &bytes, &g.reliable);
    for (int i = 0; i < 3; i++)
        if (language[i] != CLD2::UNKNOWN_LANGUAGE)
            g.code[i] = CLD2::LanguageCode(language[i]);
    return g;
}

const char *cld2_tables(void)
{
    return CLD2::DetectLanguageVersion();
}
#else
struct cld2_guess cld2_detect(const char *, int)
{
    return {};
}

const char *cld2_tables(void)
{
    return "none";
}
#endif
