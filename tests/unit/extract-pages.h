/* SPDX-License-Identifier: Apache-2.0 */
/* Small made-up pages, one for each pattern that news pages print, and what is to come of them.
 * All names, outlets and events are invented. "|" parts people and body lines. */
#ifndef TESTS_EXTRACT_PAGES_H
#define TESTS_EXTRACT_PAGES_H

#include <stddef.h>

/* Two paragraphs that most pages below share. */
#define ONE                                                                                        \
    "Pemerintah daerah membuka pasar baru di tepi sungai agar pedagang tidak lagi berjualan di "   \
    "badan jalan setiap pagi."
#define TWO                                                                                        \
    "\"Kami minta semua pedagang pindah sebelum akhir pekan,\" kata Kepala Dinas Pasar, Budi "     \
    "Contoh, di lokasi pasar itu."
#define THREE                                                                                      \
    "Menurut dia, pasar itu dapat menampung dua ratus pedagang dan dibangun dengan dana daerah."
#define BODY ONE "|" TWO "|" THREE
#define TEXT ONE "\n\n" TWO "\n\n" THREE "\n"
#define HEAD "Pasar Baru di Tepi Sungai Dibuka untuk Pedagang\n\n"
#define TITLE "Pasar Baru di Tepi Sungai Dibuka untuk Pedagang"

struct page_case {
    const char *name, *text;
    const char *title, *date, *outlet, *place, *authors, *editors, *section, *kind;
    const char *body; /* NULL: BODY */
};

static const struct page_case page_cases[] = {
    /* ---- datelines ---- */
    { "outlet, place", HEAD "CONTOHPOST.COM, BLORA – " TEXT, .title = TITLE,
      .outlet = "CONTOHPOST.COM", .place = "Blora" },
    { "place, outlet", HEAD "BLORA, CONTOHPOST.COM - " TEXT, .title = TITLE,
      .outlet = "CONTOHPOST.COM", .place = "Blora" },
    { "place,outlet without a blank", HEAD "BLORA,CONTOH-POST.COM -" TEXT, .title = TITLE,
      .outlet = "CONTOH-POST.COM", .place = "Blora" },
    { "hyphen in the outlet, dash at the place", HEAD "CONTOH-POST.COM, BLORA- " TEXT,
      .title = TITLE, .outlet = "CONTOH-POST.COM", .place = "Blora" },
    { "hyphen behind a name that is an outlet", HEAD "TRIBUN-CONTOH.COM, BLORA- " TEXT,
      .title = TITLE, .outlet = "TRIBUN-CONTOH.COM", .place = "Blora" },
    { "outlet - region - place", HEAD "Contohpos – Jateng – Batang – " TEXT, .title = TITLE,
      .outlet = "Contohpos", .place = "Batang" },
    { "place (outlet)", HEAD "Bogor (Contoh.co) - " TEXT, .title = TITLE, .outlet = "Contoh.co",
      .place = "Bogor" },
    { "place, region (agency)", HEAD "Mataram, NTB (ANTARA) - " TEXT, .title = TITLE,
      .outlet = "ANTARA", .place = "Mataram" },
    { "place, (outlet).", HEAD "GOWA, (PEDOMAN CONTOH). " TEXT, .title = TITLE,
      .outlet = "PEDOMAN CONTOH", .place = "Gowa" },
    { "place (OUTLET) without a dash", HEAD "GOWA (MEDIA CONTOH HEBAT) " TEXT, .title = TITLE,
      .outlet = "MEDIA CONTOH HEBAT", .place = "Gowa" },
    { "outlet | place", HEAD "CONTOH.co.id | SURABAYA - " TEXT, .title = TITLE,
      .outlet = "CONTOH.co.id", .place = "Surabaya" },
    { "outlet, place |", HEAD "Contohnews, Gowa | " TEXT, .title = TITLE, .outlet = "Contohnews",
      .place = "Gowa" },
    { "outlet. place", HEAD "CONTOHBERITA.COM. TIMIKA – " TEXT, .title = TITLE,
      .outlet = "CONTOHBERITA.COM", .place = "Timika" },
    { "outlet,- ", HEAD "Jakarta, Contohnews.com,– " TEXT, .title = TITLE,
      .outlet = "Contohnews.com", .place = "Jakarta" },
    { "many hyphens", HEAD "GOWA, RADARCONTOH.CONTOH.CO.ID-----" TEXT, .title = TITLE,
      .outlet = "RADARCONTOH.CONTOH.CO.ID", .place = "Gowa" },
    { "outlet - place --", HEAD "contoh.com - JAKARTA -- " TEXT, .title = TITLE,
      .outlet = "contoh.com", .place = "Jakarta" },
    { "place glued to a long dash", HEAD "JAKARTA–" TEXT, .title = TITLE, .place = "Jakarta" },
    { "place glued to a hyphen", HEAD "BOGOR-" TEXT, .title = TITLE, .place = "Bogor" },
    { "glued to the first word", HEAD "CONTOHINDONESIA.COM, BLITAR" TEXT, .title = TITLE,
      .outlet = "CONTOHINDONESIA.COM", .place = "Blitar" },
    { "glued, title case", HEAD "Contoh6.com, Jakarta" TEXT, .title = TITLE,
      .outlet = "Contoh6.com", .place = "Jakarta" },
    { "no dash at all", HEAD "Contoh6.com, Jakarta " TEXT, .title = TITLE,
      .outlet = "Contoh6.com", .place = "Jakarta" },
    { "bar that became a letter", HEAD "SURABAYA I contohjatim.com - " TEXT, .title = TITLE,
      .outlet = "contohjatim.com", .place = "Surabaya" },
    { "outlet: (place)", HEAD "CONTOHPROGRES.COM: (Surabaya) " TEXT, .title = TITLE,
      .outlet = "CONTOHPROGRES.COM", .place = "Surabaya" },
    { "place outlet,", HEAD "Surabaya contohpitu.com, " TEXT, .title = TITLE,
      .outlet = "contohpitu.com", .place = "Surabaya" },
    { "place and region with a blank", HEAD "Gowa Sulsel — " TEXT, .title = TITLE,
      .place = "Gowa" },
    { "glued behind a bar", HEAD "contohtribune.co.id | Singaraja" TEXT, .title = TITLE,
      .outlet = "contohtribune.co.id", .place = "Singaraja" },
    { "caption that looks like one", HEAD "Contoh Tribun / DILERAI - Suasana pasar baru di tepi "
      "sungai saat dibuka untuk pedagang dari luar kota.\n\ncontohtribune.co.id | Singaraja - "
      TEXT, .title = TITLE, .outlet = "contohtribune.co.id", .place = "Singaraja" },
    { "two words", HEAD "CONTOHPOS.CO.ID, KOTA BARU -- " TEXT, .title = TITLE,
      .outlet = "CONTOHPOS.CO.ID", .place = "Kota Baru" },
    { "place no list knows", HEAD "KAMPUNGMISAL, CONTOHPOS.CO - " TEXT, .title = TITLE,
      .outlet = "CONTOHPOS.CO", .place = "Kampungmisal" },
    { "place alone on its line", HEAD "Jakarta -\n\n" TEXT, .title = TITLE, .place = "Jakarta" },
    { "place and dash on two lines", HEAD "Wina\n-\n" TEXT, .title = TITLE, .place = "Wina" },
    { "dash on the next line", HEAD "MAKASSAR, CONTOH.com\n– " TEXT, .title = TITLE,
      .outlet = "CONTOH.com", .place = "Makassar" },
    { "with its date", HEAD "ISTANBUL, 23 Februari 2016 (Antara/PRContoh) --\n" TEXT,
      .title = TITLE, .outlet = "Antara", .place = "Istanbul" },
    { "outlet alone", HEAD "Contoh.com - " TEXT, .title = TITLE, .outlet = "Contoh.com" },
    { "outlet by its word", HEAD "BATANGVOICE – " TEXT, .title = TITLE, .outlet = "BATANGVOICE" },
    { "place with colon", HEAD "Semarang: " TEXT, .title = TITLE, .place = "Semarang" },
    { "none: first word in capitals", HEAD "PEMERINTAH daerah" TEXT, .title = TITLE,
      .body = "PEMERINTAH daerah" BODY },
    { "none: a sentence that begins with the outlet", HEAD "Contoh.com, Jakarta menjadi tempat "
      "pertama yang didatangi para pedagang itu sejak pagi hari.\n\n" TEXT, .title = TITLE,
      .body = "Contoh.com, Jakarta menjadi tempat pertama yang didatangi para pedagang itu sejak "
              "pagi hari.|" BODY, .outlet = NULL },
    { "caption with the outlet before it", HEAD "CONTOHPOS.COM - Suasana pasar baru di tepi sungai "
      "saat dibuka untuk pedagang.\n\nContohpos.com, SOLO — " TEXT, .title = TITLE,
      .outlet = "Contohpos.com", .place = "Solo" },

    /* ---- dates ---- */
    { "view count", HEAD "Jumat, 16 Oktober 2020 - 09:33 | 50.76k\n\nSOLO - " TEXT, .title = TITLE,
      .date = "2020-10-16T09:33", .place = "Solo" },
    { "label and zone", HEAD "Tayang: Rabu, 1 Mei 2024 19:04 WIT\n\nSOLO - " TEXT, .title = TITLE,
      .date = "2024-05-01T19:04+09:00", .place = "Solo" },
    { "later change", HEAD "Diperbarui 4 Mei 2024, 07:15 WIB\nTayang 3 Mei 2024, 20:00 WIB\n\nSOLO - "
      TEXT, .title = TITLE, .date = "2024-05-03T20:00+07:00", .place = "Solo" },
    { "only the later change", HEAD "Diperbarui 4 Mei 2024, 07.15 WITA\n\nSOLO - " TEXT,
      .title = TITLE, .date = "2024-05-04T07:15+08:00", .place = "Solo" },
    { "dot in the time", HEAD "18 Juni 2025 | 08.30 WIB\n\nSOLO - " TEXT, .title = TITLE,
      .date = "2025-06-18T08:30+07:00", .place = "Solo" },
    { "bare ISO day", HEAD "2024-05-04\n\nSOLO - " TEXT, .title = TITLE, .date = "2024-05-04",
      .place = "Solo" },
    { "slashes", HEAD "29/9/2025 15:32\n\n" TEXT, .title = TITLE, .date = "2025-09-29T15:32" },
    { "old spelling, Friday's apostrophe", HEAD "Jum'at, 7 Nopember 2014\n\nSOLO - " TEXT,
      .title = TITLE, .date = "2014-11-07", .place = "Solo" },
    { "below the text", HEAD "SOLO - " TEXT "\nPublished on Rabu, 1 Mei 2024\n", .title = TITLE,
      .date = "2024-05-01", .place = "Solo" },
    { "as subheads", HEAD "SOLO - " ONE "\n\nSenin, 4 Mei 2020\n\n" TWO "\n\nSelasa, 5 Mei "
      "2020\n\n" THREE "\n", .title = TITLE, .place = "Solo", .date = "2020-05-04",
      .body = ONE "|Senin, 4 Mei 2020|" TWO "|Selasa, 5 Mei 2020|" THREE },
    { "weekday that is not that day's", HEAD "Senin, 16 Oktober 2020 10:00 WIB\n\nSOLO - " TEXT,
      .title = TITLE, .date = "2020-10-16T10:00+07:00", .place = "Solo" },
    { "capitals with the reporter", HEAD "RABU, 18 SEPTEMBER 2024 | 10:58 WIB | LAPORAN: SARI "
      "MISAL\n\n" TEXT, .title = TITLE, .date = "2024-09-18T10:58+07:00", .authors = "Sari Misal" },
    { "name before the date", HEAD "Sari Misal , Jurnalis-Rabu, 18 Juni 2025 |18:27 WIB\n\nSOLO - "
      TEXT, .title = TITLE, .date = "2025-06-18T18:27+07:00", .authors = "Sari Misal",
      .place = "Solo" },
    { "no such day", HEAD "Senin, 31 Februari 2020 10:00 WIB\n\nSOLO - " TEXT, .title = TITLE,
      .place = "Solo" },
    { "in the text", HEAD "SOLO - " ONE "\n\nHal itu disampaikan Budi Contoh di balai kota, Jumat "
      "(20/10/2023), seusai rapat bersama para pedagang.\n", .title = TITLE, .date = "2023-10-20",
      .place = "Solo", .body = ONE "|Hal itu disampaikan Budi Contoh di balai kota, Jumat "
      "(20/10/2023), seusai rapat bersama para pedagang." },
    { "in the text: not what is to come", HEAD "SOLO - " ONE "\n\nPasar itu akan diresmikan pada "
      "Minggu, 3 Maret 2030 oleh wali kota bersama para pedagang.\n", .title = TITLE,
      .place = "Solo", .body = ONE "|Pasar itu akan diresmikan pada Minggu, 3 Maret 2030 oleh wali "
      "kota bersama para pedagang." },
    { "in the text: no day of the year", HEAD "SOLO - " ONE "\n\nHal itu disampaikan Budi Contoh di "
      "balai kota, Jumat (20/10), seusai rapat bersama para pedagang.\n", .title = TITLE,
      .place = "Solo", .body = ONE "|Hal itu disampaikan Budi Contoh di balai kota, Jumat (20/10), "
      "seusai rapat bersama para pedagang." },
    { "copyright year", TEXT "COPYRIGHT © CONTOH News Blora 2023\n", .date = "2023",
      .outlet = "CONTOH News Blora" },

    /* ---- people ---- */
    { "labels", HEAD "SOLO - " TEXT "\nPenulis: Sari Misal | Editor: Tono Umpama\n",
      .title = TITLE, .place = "Solo", .authors = "Sari Misal", .editors = "Tono Umpama" },
    { "label and name on two lines", HEAD "SOLO - " TEXT "Penulis\n: Sari Misal\nEditor\n: Tono "
      "Umpama\n", .title = TITLE, .place = "Solo", .authors = "Sari Misal",
      .editors = "Tono Umpama" },
    { "names below their labels", HEAD "SOLO - " TEXT "Author\n\nSari Misal\n\nEditor\n\nTono "
      "Umpama\n\nCredits (2)\n", .title = TITLE, .place = "Solo", .authors = "Sari Misal",
      .editors = "Tono Umpama" },
    { "names above their labels", HEAD "Sari Misal\nPenulis\nTono Umpama\nEditor\nLihat Foto\n"
      "SOLO - " TEXT, .title = TITLE, .place = "Solo", .authors = "Sari Misal",
      .editors = "Tono Umpama" },
    { "glued in one line", HEAD "Solo (ANTARA) - " TEXT "Pewarta: Sari Misal Editor: Tono Umpama "
      "COPYRIGHT © ANTARA 2023\n", .title = TITLE, .place = "Solo", .outlet = "ANTARA",
      .authors = "Sari Misal", .editors = "Tono Umpama", .date = "2023" },
    { "two names", HEAD "Pewarta: Sari Misal dan Budi Contoh\n\nSOLO - " TEXT, .title = TITLE,
      .place = "Solo", .authors = "Sari Misal|Budi Contoh" },
    { "name - site", HEAD "Sari Misal - detikNews\n\nKamis, 02 Nov 2023 20:59 WIB\n\nJakarta -\n\n"
      TEXT, .title = TITLE, .place = "Jakarta", .outlet = "detikNews", .authors = "Sari Misal",
      .date = "2023-11-02T20:59+07:00" },
    { "report line", HEAD "Laporan Wartawan Contohnews, Sari Misal\n\nCONTOHNEWS.COM, SOLO - " TEXT,
      .title = TITLE, .place = "Solo", .outlet = "CONTOHNEWS.COM", .authors = "Sari Misal" },
    { "contributor of a town", HEAD "SOLO - " TEXT "Penulis: Kontributor Solo, Sari Misal\n",
      .title = TITLE, .place = "Solo", .authors = "Sari Misal" },
    { "by", HEAD "Oleh : Sari Misal\n\nSOLO - " TEXT, .title = TITLE, .place = "Solo",
      .authors = "Sari Misal" },
    { "one mark", HEAD "SOLO - " ONE "\n\n" TWO " (Sar)\n", .title = TITLE, .place = "Solo",
      .authors = "Sar", .body = ONE "|" TWO },
    { "two marks, glued", HEAD "SOLO - " ONE "\n\n" TWO "(sar/bud)\n", .title = TITLE,
      .place = "Solo", .authors = "sar|bud", .body = ONE "|" TWO },
    { "mark with number", HEAD "SOLO - " ONE "\n\n" TWO " (cr13)\n", .title = TITLE,
      .place = "Solo", .authors = "cr13", .body = ONE "|" TWO },
    { "mark with site", HEAD "SOLO - " ONE "\n\n" TWO " (contoh.id/sarimisal)\n", .title = TITLE,
      .outlet = "contoh.id", .place = "Solo", .authors = "sarimisal", .body = ONE "|" TWO },
    { "stars", HEAD "SOLO - " ONE "\n\n" TWO " (*)\n", .title = TITLE, .place = "Solo",
      .body = ONE "|" TWO },
    { "three stars", HEAD "SOLO - " ONE "\n\n" TWO "***\n", .title = TITLE, .place = "Solo",
      .body = ONE "|" TWO },
    { "stars in brackets, glued", HEAD "SOLO - " ONE "\n\n" TWO " .(***)\n", .title = TITLE,
      .place = "Solo", .body = ONE "|" TWO " ." },
    { "agency is nobody", HEAD "SOLO - " ONE "\n\n" TWO " (Antara)\n", .title = TITLE,
      .place = "Solo", .body = ONE "|" TWO },
    { "mark on its own line", HEAD "SOLO - " TEXT "\n(sar/bud)\n\nBaca Juga\n\nHarga Cabai Naik di "
      "Pasar Lama\n", .title = TITLE, .place = "Solo", .authors = "sar|bud" },
    { "people in the mark", HEAD "SOLO - " ONE "\n\n" TWO " (Penulis Sari Misal | Editor Tono "
      "Umpama)\n", .title = TITLE, .place = "Solo", .authors = "Sari Misal",
      .editors = "Tono Umpama", .body = ONE "|" TWO },
    { "full name wins", HEAD "Oleh Sari Misal\n\nSOLO - " ONE "\n\n" TWO " (sar)\n",
      .title = TITLE, .place = "Solo", .authors = "Sari Misal", .body = ONE "|" TWO },
    { "brackets of the sentence stay", HEAD "SOLO - " ONE "\n\nHal itu sudah lama dibahas bersama "
      "dengan semua Organisasi Perangkat Daerah (OPD)\n", .title = TITLE, .place = "Solo",
      .body = ONE "|Hal itu sudah lama dibahas bersama dengan semua Organisasi Perangkat Daerah (OPD)" },
    { "capitals after the end", HEAD "SOLO - " TEXT "\nSARI MISAL\n", .title = TITLE,
      .place = "Solo", .authors = "Sari Misal" },

    /* ---- links, widgets, promos ---- */
    { "link on its line", HEAD "SOLO - " ONE "\n\nBaca juga: Harga Cabai Naik di Pasar Lama\n\n" TWO
      "\n\nBACA JUGA:Jalan Desa Rusak Lagi\n\n" THREE "\n", .title = TITLE, .place = "Solo" },
    { "links on the next lines", HEAD "SOLO - " ONE "\n\nBaca Juga\n\nHarga Cabai Naik di Pasar "
      "Lama\n\nSetelah Banjir, Akan Ada Apa Lagi di Pasar Lama?\n\n" TWO "\n\n" THREE "\n",
      .title = TITLE, .place = "Solo" },
    { "link label with nothing", HEAD "SOLO - " ONE "\n\nBaca Juga\n\n" TWO "\n\n" THREE "\n",
      .title = TITLE, .place = "Solo" },
    { "link in brackets", HEAD "SOLO - " ONE "\n\n[Baca juga: Harga Cabai Naik]\n\n" TWO "\n\n"
      THREE "\n", .title = TITLE, .place = "Solo" },
    { "link glued to a paragraph", HEAD "SOLO - " ONE " Baca juga: Harga Cabai Naik di Pasar Lama\n"
      TWO "\n" THREE "\n", .title = TITLE, .place = "Solo" },
    { "bullet", HEAD "SOLO - " ONE "\n\n- Harga Cabai Naik di Pasar Lama Sejak Lebaran\n\n" TWO
      "\n\n" THREE "\n", .title = TITLE, .place = "Solo" },
    { "list items stay", HEAD "SOLO - " ONE "\n\nBerikut daftar pasar yang dibuka:\n1. Pasar Lama\n"
      "2. Pasar Baru\n3. Pasar Pagi\n\n" TWO "\n", .title = TITLE, .place = "Solo",
      .body = ONE "|Berikut daftar pasar yang dibuka:|1. Pasar Lama|2. Pasar Baru|3. Pasar Pagi|"
              TWO },
    { "a list may be the end", HEAD "SOLO - " ONE "\n\nHarga bahan pokok hari ini:\nCabai Rp 30 "
      "ribu\nBeras Rp 12 ribu\n\nTags\ncabai\n", .title = TITLE, .place = "Solo",
      .body = ONE "|Harga bahan pokok hari ini:|Cabai Rp 30 ribu|Beras Rp 12 ribu" },
    { "subheads stay", HEAD "SOLO - " ONE "\n\nPedagang Lama\n\n" TWO "\n\nDana daerah\n" THREE
      "\n", .title = TITLE, .place = "Solo",
      .body = ONE "|Pedagang Lama|" TWO "|Dana daerah|" THREE },
    { "box at the end", HEAD "SOLO - " TEXT "\nBerita Terkait\n\nHarga Cabai Naik di Pasar Lama\n\n"
      "Warga menunggu bantuan di balai desa sejak pagi tadi karena jalan putus diterjang banjir.\n\n"
      "Terpopuler\n1\nJalan Desa Rusak Lagi\n", .title = TITLE, .place = "Solo" },
    { "box before the text", HEAD "Terkait\n\nHarga Cabai Naik di Pasar Lama\n\nJalan Desa Rusak "
      "Lagi, Warga Menunggu\n\nTweet\n\n0\n\nSOLO, CONTOH.com - " TEXT, .title = TITLE,
      .place = "Solo", .outlet = "CONTOH.com" },
    { "box in mid-text", HEAD "SOLO - " ONE "\n\nArtikel Terkait\n\nHarga Cabai Naik di Pasar Lama"
      "\n\n" TWO "\n\n" THREE "\n", .title = TITLE, .place = "Solo" },
    { "advertisements", HEAD "SOLO - " ONE "\n\nADVERTISEMENT\n\nSCROLL TO CONTINUE WITH CONTENT\n\n"
      TWO "\n\n- Advertisement -\n\n" THREE "\n", .title = TITLE, .place = "Solo" },
    { "font widget", "Niaga\n\n" HEAD "AA\n\nText Sizes\n\nMedium\n\nLarge\n\nLarger\n\nSOLO - " TEXT,
      .title = TITLE, .section = "Niaga", .place = "Solo" },
    { "comment form", HEAD "SOLO - " TEXT "\nTinggalkan Balasan\n\nAlamat email Anda tidak akan "
      "dipublikasikan. Ruas yang wajib ditandai *\n\nKomentar\n\nNama *\n", .title = TITLE,
      .place = "Solo" },
    { "promo", HEAD "SOLO - " TEXT "\n**) Ikuti berita terbaru Contohpos.id di Google News klik link "
      "ini dan jangan lupa di follow.\n", .title = TITLE, .place = "Solo",
      .outlet = "Contohpos.id" },
    { "a sentence that begins like a label", HEAD "SOLO - " ONE "\n\n" TWO "\n\nSelanjutnya "
      "pemerintah daerah akan menata jalan di depan pasar lama agar kembali lega.\n\n" THREE
      "\n", .title = TITLE, .place = "Solo", .body = ONE "|" TWO "|Selanjutnya pemerintah daerah "
      "akan menata jalan di depan pasar lama agar kembali lega.|" THREE },
    { "lead again, broken off", HEAD "SOLO - " TEXT "\nPemerintah daerah membuka pasar baru di tepi "
      "sungai agar pedagang tidak lagi\n", .title = TITLE, .place = "Solo" },
    { "news that invites stays", HEAD "SOLO - " ONE "\n\n" TWO "\n\nSimak jadwal lengkap pembukaan "
      "pasar yang dirilis pemerintah daerah pada pekan ini.\n\n" THREE "\n", .title = TITLE,
      .place = "Solo", .body = ONE "|" TWO "|Simak jadwal lengkap pembukaan pasar yang dirilis "
      "pemerintah daerah pada pekan ini.|" THREE },
    { "tags", HEAD "SOLO - " TEXT "\nPasar Baru\n\nTepi Sungai\n\nRate artikel ini\n\nLike (0)\n",
      .title = TITLE, .place = "Solo" },
    { "page foot", HEAD "SOLO - " TEXT "\nHalaman Selanjutnya\n\nSementara itu para pedagang…\n\n"
      "Halaman:\n\n1\n\n2\n\nShow All\n", .title = TITLE, .place = "Solo" },
    { "two pages joined", HEAD "SOLO - " ONE "\n\nHalaman 2\n\n" TWO "\n\n" THREE "\n",
      .title = TITLE, .place = "Solo" },
    { "republished", HEAD "SOLO - " TEXT "\nArtikel ini telah tayang di Contoh.com dengan judul "
      "Pasar Baru Dibuka\n", .title = TITLE, .place = "Solo" },
    { "follow-up after the mark", HEAD "SOLO - " ONE "\n\n" TWO " (sar/bud)\n\nSebelumnya diberitakan, "
      "pasar lama di tengah kota terbakar pada pekan lalu dan pedagang kehilangan kios mereka.\n",
      .title = TITLE, .place = "Solo", .authors = "sar|bud", .body = ONE "|" TWO "|Sebelumnya "
      "diberitakan, pasar lama di tengah kota terbakar pada pekan lalu dan pedagang kehilangan "
      "kios mereka." },

    /* ---- captions, pictures, repeats ---- */
    { "caption before the dateline", HEAD "Kepala Dinas Pasar, Budi Contoh saat ditemui di kantornya."
      "\n\nSOLO - " TEXT, .title = TITLE, .place = "Solo" },
    { "credits", HEAD "Suasana pasar baru. (FOTO: Sari/CONTOH)\nSuasana pasar baru. (FOTO: "
      "Sari/CONTOH)\n\n" ONE "\n\nPedagang menata kios. Foto: Ist\n\n" TWO "\n\n" THREE "\n",
      .title = TITLE },
    { "caption twice, one with its credit", HEAD "SOLO - " ONE "\n\nPedagang menata kios baru\n\n"
      "Pedagang sedang menata kios baru. Foto: Contoh\n\n" TWO "\n\n" THREE "\n", .title = TITLE,
      .place = "Solo" },
    { "picture's name", HEAD "SOLO - " ONE "\n\npasar-2.jpg\n\n" TWO "\n\n" THREE "\n",
      .title = TITLE, .place = "Solo" },
    { "video", HEAD "SOLO - " TEXT "\nSimak Video \"Pasar Baru\"\n[Gambas:Video 20detik]\n(sar/bud)\n",
      .title = TITLE, .place = "Solo", .authors = "sar|bud" },
    { "body twice", TEXT "COPYRIGHT © CONTOH News 2023\n" TEXT "COPYRIGHT © CONTOH News 2023\n",
      .date = "2023", .outlet = "CONTOH News" },
    { "body twice, nothing between", HEAD "SOLO - " TEXT ONE "\n" TWO "\n" THREE "\n",
      .title = TITLE, .place = "Solo" },
    { "paragraph twice", HEAD "SOLO - " ONE "\n\n" TWO "\n\n" TWO "\n\n" THREE "\n",
      .title = TITLE, .place = "Solo" },
    { "refrain stays", HEAD "SOLO - " ONE "\n\nMari ke pasar, kawan\nPagi sudah datang\nMari ke "
      "pasar, kawan\nHari sudah terang\n\n" TWO "\n", .title = TITLE, .place = "Solo",
      .body = ONE "|Mari ke pasar, kawan|Pagi sudah datang|Mari ke pasar, kawan|Hari sudah "
              "terang|" TWO },
    { "pull-quote", HEAD "SOLO - " ONE "\n\n... semua pedagang pindah sebelum akhir pekan...\n\n"
      TWO "\n\n" THREE "\n", .title = TITLE, .place = "Solo" },
    { "teaser twice", HEAD "Pedagang menata kios sebagai persiapan.\nPedagang menata kios sebagai "
      "persiapan.\n" TEXT, .title = TITLE },
    { "leads of other articles below", HEAD "PEMERINTAH kota membuka pasar baru di tepi sungai agar "
      "jalan di depan pasar lama lega.\n\n" TWO "(OL-11)\n\nKOMISI pasar rakyat menilai langkah "
      "itu sudah tepat dan meminta kota lain ikut mencontoh.\n", .title = TITLE,
      .authors = "OL-11", .body = "PEMERINTAH kota membuka pasar baru di tepi sungai agar jalan di "
      "depan pasar lama lega.|" TWO },
    { "standfirst without a full stop", "Populer Solo\n" HEAD "Pasar baru di tepi sungai itu dibuka "
      "untuk dua ratus pedagang yang selama ini berjualan di badan jalan\nPenulis: Sari Misal | "
      "Editor: Tono Umpama\nSOLO - " TEXT, .title = TITLE, .authors = "Sari Misal",
      .editors = "Tono Umpama", .place = "Solo" },
    { "title twice", HEAD "SOLO - " TEXT, .title = TITLE, .place = "Solo" },
    { "crumbs", "Home > Berita > Niaga\n\nRabu, 18 Jun 2025 10:12 WIB\n\n" HEAD "SOLO -- " TEXT,
      .title = TITLE, .section = "Niaga", .date = "2025-06-18T10:12+07:00", .place = "Solo" },
    { "crumbs on lines", "Home\n\n»\n\nNiaga\n\n" HEAD "SOLO - " TEXT, .title = TITLE,
      .section = "Niaga", .place = "Solo" },
    { "section with its topic", "Niaga Pasar Rakyat\n\n" HEAD "FOKUS\n\nPasar Rakyat\n\nSOLO - " TEXT,
      .title = TITLE, .section = "Niaga", .place = "Solo" },
    { "summary in bullets", HEAD "Rabu, 18 Jun 2025 10:12 WIB\nBaca 10 detik\n• Pasar baru di tepi "
      "sungai dibuka untuk dua ratus pedagang dari seluruh penjuru kota itu.\n• Pedagang diminta "
      "pindah sebelum akhir pekan agar jalan di depan pasar lama lega.\n\n" TEXT, .title = TITLE,
      .date = "2025-06-18T10:12+07:00" },
    { "photo page", "Foto Niaga\n\n" HEAD "Fotografer: Sari Misal\n\n" ONE "\n\nVote Photo\n\nFoto "
      "Terkait\n\nHarga Cabai Naik\n", .title = TITLE, .section = "Foto Niaga",
      .authors = "Sari Misal", .kind = "photo", .body = ONE },
    { "gallery of captions", "Home\n\nPhoto\n\n" HEAD "Pedagang menata kios di pasar baru di tepi "
      "sungai, Solo, Senin (15/2). (CONTOH/Sari Misal)\n\nSeorang pembeli memilih cabai di pasar "
      "baru di tepi sungai, Solo, Senin (15/2). (CONTOH/Sari Misal)\n\nKios-kios di pasar baru di "
      "tepi sungai menjelang dibuka, Solo, Senin (15/2). (CONTOH/Sari Misal)\n", .title = TITLE,
      .section = "Photo", .kind = "photo", .body = "Pedagang menata kios di pasar baru di tepi "
      "sungai, Solo, Senin (15/2). (CONTOH/Sari Misal)|Seorang pembeli memilih cabai di pasar baru "
      "di tepi sungai, Solo, Senin (15/2). (CONTOH/Sari Misal)|Kios-kios di pasar baru di tepi "
      "sungai menjelang dibuka, Solo, Senin (15/2). (CONTOH/Sari Misal)" },
    { "broken lines", HEAD "SOLO - Pemerintah daerah membuka pasar baru di tepi\nsungai agar "
      "pedagang tidak lagi berjualan di\nbadan jalan setiap pagi.\n" TWO "\n", .title = TITLE,
      .place = "Solo", .body = "Pemerintah daerah membuka pasar baru di tepi|sungai agar pedagang "
      "tidak lagi berjualan di|badan jalan setiap pagi.|" TWO },
    { "nothing but text", TEXT, .title = NULL },

    /* ---- shapes met on pages of houses that no list knows ---- */
    { "outlet - region - village", HEAD "Contohnews – Jateng – Karangrekaan – " TEXT, .title = TITLE,
      .outlet = "Contohnews", .place = "Karangrekaan" },
    { "village, region -", HEAD "Desamisal, Kaltim - " TEXT, .title = TITLE, .place = "Desamisal" },
    { "place in capitals, full stop", HEAD "SOLO. " TEXT, .title = TITLE, .place = "Solo" },
    { "outlet - place.", HEAD "CONTOH.CO.ID - JAKARTA. " TEXT, .title = TITLE,
      .outlet = "CONTOH.CO.ID", .place = "Jakarta" },
    { "place(outlet) ||", HEAD "MEDAN(www.contohnews.com) || " TEXT, .title = TITLE,
      .outlet = "www.contohnews.com", .place = "Medan" },
    { "outlet//place", HEAD "Contohrekaan.com//Solo — " TEXT, .title = TITLE,
      .outlet = "Contohrekaan.com", .place = "Solo" },
    { "place and outlet on their own line", HEAD "Makassar, Contohku.id:\n" TEXT, .title = TITLE,
      .outlet = "Contohku.id", .place = "Makassar" },
    { "... with an underscore", HEAD "Jakarta_Contoh-RI.com\n" TEXT, .title = TITLE,
      .outlet = "Contoh-RI.com", .place = "Jakarta" },
    { "outlet of three words", HEAD "Media Rekaan Kita, Contohan – " TEXT, .title = TITLE,
      .outlet = "Media Rekaan Kita", .place = "Contohan" },
    { "letters that are no place", HEAD "CTH - " TEXT, .title = TITLE, .outlet = "CTH" },
    { "known place glued to the text", HEAD "KENDAL" TEXT, .title = TITLE, .place = "Kendal" },
    { "unknown place alone", HEAD "Tepimisal -\n" TEXT, .title = TITLE, .place = "Tepimisal" },
    { "unknown place with colon, named again", "Pasar Tepimisal Dibuka untuk Pedagang\n\nTepimisal: "
      TEXT, .title = "Pasar Tepimisal Dibuka untuk Pedagang", .place = "Tepimisal" },
    { "brackets that are no dateline", TEXT "\nRecent Posts\nPembahasan Pasar Rakyat Selesai Dalam "
      "Sehari\nPanitia Khusus (Pansus) II Dewan Kota memfinalisasi dua rancangan peraturan tentang "
      "pasar…\n", .title = NULL },
    { "teaser with a dateline below", HEAD "Contohnews.com, Solo — " TEXT "\nBerita Terbaru\n"
      "Contohnews.com, Gowa – Bupati menjadi narasumber dialog di studio televisi dan membahas...\n",
      .title = TITLE, .outlet = "Contohnews.com", .place = "Solo" },
    { "standfirst and captions before the dateline", "Sabtu 16 Jul 2022 16:35 WIB\n\n" HEAD
      "Pedagang diminta tidak lagi berjualan di jalan.\n\nKios pasar (ilustrasi)\n\nFoto: "
      "Antara/Contoh\n\nKios pasar (ilustrasi)\n\nCONTOHBLIKA.CO.ID, BOGOR -- " TEXT THREE
      " Hal itu dikatakannya.\n" THREE " Itu harapan warga.\n", .title = TITLE,
      .date = "2022-07-16T16:35+07:00", .outlet = "CONTOHBLIKA.CO.ID", .place = "Bogor",
      .body = BODY "|" THREE " Hal itu dikatakannya.|" THREE " Itu harapan warga." },
    { "number before the quotation's end", HEAD "SOLO - " ONE "\n\n\"Itu pun sudah nomor empat "
      "puluh,\" ujar Ani Misal, Minggu (7/7/2024).\n\n" TWO "\n", .title = TITLE, .place = "Solo",
      .date = "2024-07-07",
      .body = ONE "|\"Itu pun sudah nomor empat puluh,\" ujar Ani Misal, Minggu (7/7/2024).|" TWO },
    { "since a day, and no other", HEAD "SOLO - " ONE "\n\nPembersihan jalan dilakukan sejak Selasa "
      "(4/2/2025) setelah ada laporan dari masyarakat.\n\n" TWO "\n", .title = TITLE,
      .place = "Solo", .date = "2025-02-04",
      .body = ONE "|Pembersihan jalan dilakukan sejak Selasa (4/2/2025) setelah ada laporan dari "
              "masyarakat.|" TWO },
    { "coming, said behind the date", HEAD "SOLO - " ONE "\n\nMalam puncak di pasar, 24 Februari "
      "2019 itu, akan dimeriahkan sebuah orkes.\n\n" TWO "\n", .title = TITLE, .place = "Solo",
      .body = ONE "|Malam puncak di pasar, 24 Februari 2019 itu, akan dimeriahkan sebuah orkes.|"
              TWO },
    { "date with its machine form", HEAD "Kamis, 26 September 2024 | 18.58 WIB | 0 Views Last "
      "Updated 2024-09-26T12:01:21Z\n\nSOLO - " TEXT, .title = TITLE,
      .date = "2024-09-26T18:58+07:00", .place = "Solo" },
    { "section on the date line", HEAD "Peristiwa | 19 Januari 2021, 14:32 WIB\n\nSOLO - " TEXT,
      .title = TITLE, .section = "Peristiwa", .date = "2021-01-19T14:32+07:00", .place = "Solo" },
    { "last crumb is the title", "Home » Niaga » " TITLE "\n\n" HEAD "SOLO - " TEXT, .title = TITLE,
      .section = "Niaga", .place = "Solo" },
    { "crumbs without signs", "Beranda Niaga " TITLE "\n\n" HEAD "SOLO - " TEXT, .title = TITLE,
      .section = "Niaga", .place = "Solo" },
    { "masthead with a slogan", "CONTOHPOS.COM - Panduan Warga Kota dan Sekitarnya\n\n" HEAD "SOLO–"
      TEXT, .title = TITLE, .outlet = "CONTOHPOS.COM", .place = "Solo" },
    { "name - kotaNews", HEAD "Nona Rekaan - sekejapNews\n\nSabtu, 18 Jun 2022 17:22 WIB\n\n" TEXT,
      .title = TITLE, .outlet = "sekejapNews", .authors = "Nona Rekaan",
      .date = "2022-06-18T17:22+07:00" },
    { "name ( role )", HEAD "Fulan ( Redaksi )\n\n13 Oktober 2024\n\n" TEXT, .title = TITLE,
      .authors = "Fulan", .date = "2024-10-13" },
    { "name beside the date", HEAD "Siti Misal\n\nRabu, 18 Jun 2025 10:12 WIB\n\nSOLO - " TEXT,
      .title = TITLE, .authors = "Siti Misal", .date = "2025-06-18T10:12+07:00", .place = "Solo" },
    { "two names beside the date", HEAD "Siti Misal | Budi Rekaan\n\nRabu, 18 Jun 2025 10:12 WIB\n\n"
      "SOLO - " TEXT, .title = TITLE, .authors = "Siti Misal|Budi Rekaan",
      .date = "2025-06-18T10:12+07:00", .place = "Solo" },
    { "name beside the date, its initials below", HEAD "Siti Misal\n\nRabu, 18 Jun 2025 10:12 WIB\n\n"
      "SOLO - " TEXT "(smi)\n", .title = TITLE, .authors = "Siti Misal",
      .date = "2025-06-18T10:12+07:00", .place = "Solo" },
    { "topic beside the date, another's initials", HEAD "Orkes Rekaan\n\nRabu, 18 Jun 2025 10:12 WIB"
      "\n\nSOLO - " TEXT "(kpl/tch)\n", .title = TITLE, .authors = "kpl|tch",
      .date = "2025-06-18T10:12+07:00", .place = "Solo" },
    { "mark with a full stop behind", HEAD "SOLO - " ONE "\n\n" TWO "\n\n" THREE "(Isto).\n",
      .title = TITLE, .place = "Solo", .authors = "Isto" },
    { "mark of an address on its own line", HEAD "SOLO - " TEXT "\n(rekaanpost.id/siti.misal)\n\n"
      "Sumber: Dinas Pasar\n", .title = TITLE, .outlet = "rekaanpost.id", .place = "Solo",
      .authors = "siti.misal" },
    { "mark of stars and a number", HEAD "SOLO - " ONE "\n\n" TWO "\n\n" THREE " ***4***\n",
      .title = TITLE, .place = "Solo" },
    { "sentence that begins as a pager, mark behind", HEAD "SOLO - " ONE "\n\n" TWO "\n\n"
      "Selanjutnya rombongan meninjau pasar lama yang juga akan diperbaiki tahun depan.(*)\n",
      .title = TITLE, .place = "Solo", .body = ONE "|" TWO "|Selanjutnya rombongan meninjau pasar "
      "lama yang juga akan diperbaiki tahun depan." },
    { "teasers above a lead in capitals", "Headline\nDewan meminta polisi mengusut kebakaran pasar "
      "lama.\nDewan meminta polisi mengusut kebakaran pasar lama.\nPuncak gunung di provinsi ini "
      "menyimpan keindahan alam yang luar biasa.\nPEMERINTAH kota membuka pasar baru di tepi sungai "
      "agar jalan di depan pasar lama lega.\n" TWO "\n" THREE " (OL-1)\nPedagang menilai langkah "
      "itu merupakan jalan keluar yang sudah lama ditunggu banyak orang.\n", .title = NULL,
      .authors = "OL-1", .body = "PEMERINTAH kota membuka pasar baru di tepi sungai agar jalan di "
      "depan pasar lama lega.|" TWO "|" THREE },
    { "only teasers below the mark", HEAD "SOLO - " ONE "\n\n" TWO "\n\n" THREE " (abc)\n\nKetua "
      "dewan mengingatkan adanya pedagang yang belum mendapat kios di pasar baru.\n\nWali kota "
      "meminta jajarannya terus memperbaiki pelayanan di semua pasar di kota itu.\n",
      .title = TITLE, .place = "Solo", .authors = "abc" },
    { "site's name and a bar before a caption", HEAD "CONTOHNEWS | Solo – " ONE "\n\nCONTOHNEWS | "
      "Petugas dan pedagang bersama menata kios di pasar baru Sabtu (29/11/2025)\n\n" TWO "\n\n"
      THREE "\n", .title = TITLE, .outlet = "CONTOHNEWS", .place = "Solo" },
    { "outlet/NAME before a caption", HEAD "SOLO - " ONE "\n\nKOMPAS/NAMA REKAAN Pedagang menata kios "
      "di pasar baru.\n\n" TWO "\n\n" THREE "\n", .title = TITLE, .place = "Solo" },
    { "caption/OUTLET without brackets", "Berita\n\nKetua Paguyuban Pedagang Pasar Lama di Balai "
      "Kota/RMOL\n\nNiaga\n\n" HEAD "RABU, 18 JUNI 2025 | 10:12 WIB | LAPORAN: SITI MISAL\n\n" TEXT,
      .title = TITLE, .section = "Niaga", .outlet = "RMOL", .authors = "Siti Misal",
      .date = "2025-06-18T10:12+07:00" },
    { "TWO WORDS: caption under its credit", HEAD "Penulis: Siti Misal\nCONTOH.COM/NAMA REKAAN\nPASAR "
      "BARU: Pedagang menata kios di pasar baru di tepi sungai. Pembeli sudah berdatangan sejak "
      "pagi hari.\n" TEXT, .title = TITLE, .authors = "Siti Misal",
      .outlet = "CONTOH.COM" },
    { "caption twice in the text", HEAD "SOLO - " ONE "\n\nMERIAH. Suasana pembukaan pasar baru.\n\n"
      "MERIAH. Suasana pembukaan pasar baru.\n\n" TWO "\n\n" THREE "\n", .title = TITLE,
      .place = "Solo" },
    { "caption with the agency in brackets", HEAD "SOLO - " ONE "\n\nKepala Dinas Pasar Budi Contoh. "
      "(Antara)\n\n" TWO "\n\n" THREE "\n", .title = TITLE, .place = "Solo" },
    { "caption with a name in brackets", HEAD "SOLO - " ONE "\n\npedagang pasar\nPedagang pasar baru "
      "menata kios di tepi sungai. (Nama Rekaan)\n\n" TWO "\n\n" THREE "\n", .title = TITLE,
      .place = "Solo" },
    { "caption, its credit after a dash", HEAD "SOLO - " ONE "\n\nPedagang menata kios di pasar baru "
      "di tepi sungai.\n- ANTARA FOTO/Nama Rekaan\n\n" TWO "\n\n" THREE "\n", .title = TITLE,
      .place = "Solo" },
    { "caption that ends in dashes", HEAD "Pedagang menata kios di pasar baru di tepi sungai yang "
      "dibuka pemerintah pada awal pekan ini untuk mereka.--\n" TEXT, .title = TITLE },
    { "title again in mid-text", HEAD "SOLO - " ONE "\n\n" TITLE "\n\n" TWO "\n\n" THREE "\n",
      .title = TITLE, .place = "Solo" },
    { "two headlines with bullets", HEAD "SOLO - " ONE "\n\n• Harga Cabai Naik di Pasar Lama Sejak "
      "Lebaran\n• Pedagang Pasar Lama Minta Kios Lebih Luas\n\n" TWO "\n\n" THREE "\n",
      .title = TITLE, .place = "Solo" },
    { "lihat juga with a blank and a colon", HEAD "SOLO - " ONE "\n\nLihat Juga :\nHarga Cabai Naik "
      "di Pasar Lama Sejak Lebaran\n\n" TWO "\n\n" THREE "\n", .title = TITLE, .place = "Solo" },
    { "price list", HEAD "SOLO - " ONE "\n\nRincian harga di pasar itu:\nCabai Rawit 1 Kilogram: Rp "
      "90.000\nCabai Keriting 1 Kilogram: Rp 45.000\nBawang Merah 1 Kilogram: Rp 40.000\nBawang "
      "Putih 1 Kilogram: Rp 38.000\nGula Pasir 1 Kilogram: Rp 17.000\nBeras Medium 5 Kilogram: Rp "
      "65.000\n" TWO "\n", .title = TITLE, .place = "Solo", .body = ONE "|Rincian harga di pasar "
      "itu:|Cabai Rawit 1 Kilogram: Rp 90.000|Cabai Keriting 1 Kilogram: Rp 45.000|Bawang Merah 1 "
      "Kilogram: Rp 40.000|Bawang Putih 1 Kilogram: Rp 38.000|Gula Pasir 1 Kilogram: Rp 17.000|"
      "Beras Medium 5 Kilogram: Rp 65.000|" TWO },
    { "page taken over by gambling", "Situs slot gacor hari ini gampang menang maxwin dengan deposit "
      "kecil dan RTP tertinggi setiap malam.\n" HEAD TEXT "Daftar di link alternatif slot terpercaya, "
      "nikmati jackpot dan scatter setiap hari tanpa batas.\n", .title = TITLE },
    { "an article about gambling", "Polisi Tutup Situs Judi Slot\n\nSOLO - Polisi menutup situs judi "
      "slot dan togel yang dikelola dari sebuah rumah di tepi sungai.\n\n" TWO "\n\n" THREE "\n",
      .title = "Polisi Tutup Situs Judi Slot", .place = "Solo", .body = "Polisi menutup situs judi "
      "slot dan togel yang dikelola dari sebuah rumah di tepi sungai.|" TWO "|" THREE },
    { "small letters are no title", "pasar sudah mulai ramai, sedangkan jalan lama masih sepi\n"
      "Solo (ANTARA) - " TEXT, .title = NULL, .outlet = "ANTARA", .place = "Solo" },

    /* ---- found with pages in the shapes of forty outlets ---- */
    { "outlet. text", HEAD "RMOL. " TEXT, .title = TITLE, .outlet = "RMOL" },
    { "OUTLET.CO text", HEAD "CONTOH.CO " TEXT, .title = TITLE, .outlet = "CONTOH.CO" },
    { "site - Place. text", HEAD "Contoh.go.id - Kudus. " TEXT, .title = TITLE,
      .outlet = "Contoh.go.id", .place = "Kudus" },
    { "PLACE-OUTLET, text", HEAD "BOGOR–RADAR BOGOR, " TEXT, .title = TITLE,
      .outlet = "RADAR BOGOR", .place = "Bogor" },
    { "place, outlet alone on a line", HEAD "Kudus, NU Online\n" TEXT, .title = TITLE,
      .outlet = "NU Online", .place = "Kudus" },
    { "role above place and outlet", HEAD "Sari Misal\nKontributor\nKudus, NU Online\n" TEXT,
      .title = TITLE, .outlet = "NU Online", .place = "Kudus", .authors = "Sari Misal" },
    { "one star and initials", HEAD "SOLO - " ONE "\n\n" TWO "\n\n" THREE " *cr1, k22\n",
      .title = TITLE, .place = "Solo", .authors = "cr1|k22" },
    { "credit with the house behind the name", HEAD "Pedagang menata kios. (Sari Misal/Jawa Pos)\n"
      "Contoh.com – " TEXT, .title = TITLE, .outlet = "Contoh.com" },
    { "credit, house, name", HEAD "Pedagang menata kios. Foto/SINDOnews/Sari\nSOLO - " TEXT,
      .title = TITLE, .outlet = "SINDOnews", .place = "Solo" },
    { "report with the town in brackets", HEAD "SOLO - " TEXT "Laporan: SARI MISAL (Solo)\n",
      .title = TITLE, .place = "Solo", .authors = "Sari Misal" },
    { "two names beside the date, the title twice", HEAD "Sari Misal | Budi Contoh\n"
      "Rabu, 18 September 2024 | 10:20 WIB\n" HEAD "Suara.com - " TEXT, .title = TITLE,
      .outlet = "Suara.com", .date = "2024-09-18T10:20+07:00", .authors = "Sari Misal|Budi Contoh" },
    { "reporter, site and date on a line", HEAD "Reporter: Sari Misal, contoh.id - 18 Sep 2024 "
      "10:20 WIB\ncontoh.id - " TEXT, .title = TITLE, .outlet = "contoh.id",
      .date = "2024-09-18T10:20+07:00", .authors = "Sari Misal" },

    /* ---- what lost its line feed ---- */
    { "people and copyright behind the last sentence", HEAD "SOLO - " ONE "\n\n" TWO "\n\n" THREE
      " Pewarta: Sari Misal Editor: Budi Contoh COPYRIGHT © CONTOH 2024\n", .title = TITLE,
      .place = "Solo", .authors = "Sari Misal", .editors = "Budi Contoh", .outlet = "CONTOH",
      .date = "2024" },
    { "copyright behind the last sentence", HEAD "SOLO - " ONE "\n\n" TWO "\n\n" THREE
      " COPYRIGHT © CONTOH 2024\n", .title = TITLE, .place = "Solo", .outlet = "CONTOH",
      .date = "2024" },
    { "editor glued to the full stop", HEAD "SOLO - " ONE "\n\n" TWO "\n\n" THREE
      "Editor: Budi Contoh\n", .title = TITLE, .place = "Solo", .editors = "Budi Contoh" },
    { "editor glued to the mark", HEAD "SOLO - " ONE "\n\n" TWO "\n\n" THREE
      " (sar/bud)Editor : Budi Contoh\n", .title = TITLE, .place = "Solo", .authors = "sar|bud",
      .editors = "Budi Contoh" },
    { "a source in the text stays", HEAD "SOLO - " ONE " Sumber: BPS.\n\n" TWO "\n\n" THREE "\n",
      .title = TITLE, .place = "Solo", .body = ONE " Sumber: BPS.|" TWO "|" THREE },

    /* ---- signs before initials ---- */
    { "slash and initials", HEAD "SOLO - " ONE "\n\n" TWO "\n\n" THREE "/sar\n", .title = TITLE,
      .place = "Solo", .authors = "sar" },
    { "bar and initials", HEAD "SOLO - " ONE "\n\n" TWO "\n\n" THREE " | sar\n", .title = TITLE,
      .place = "Solo", .authors = "sar" },
    { "square and initials", HEAD "SOLO - " ONE "\n\n" TWO "\n\n" THREE " ■ sar\n", .title = TITLE,
      .place = "Solo", .authors = "sar" },
    { "initials between hyphens", HEAD "SOLO - " ONE "\n\n" TWO "\n\n" THREE " -sar-\n",
      .title = TITLE, .place = "Solo", .authors = "sar" },
    { "slash, the desk, a star", HEAD "SOLO - " ONE "\n\n" TWO "\n\n" THREE " / Red*\n",
      .title = TITLE, .place = "Solo" },
    { "a slash between words is none", HEAD "SOLO - " ONE "\n\n" TWO "\n\n" THREE " Kiosnya 3x4/unit\n",
      .title = TITLE, .place = "Solo", .body = ONE "|" TWO "|" THREE " Kiosnya 3x4/unit" },
    { "report in the mark", HEAD "SOLO - " ONE "\n\n" TWO "\n\n" THREE " (Laporan Sari Misal)\n",
      .title = TITLE, .place = "Solo", .authors = "Sari Misal" },

    { "the byline's picture says the name, too", "Home Daerah\n" HEAD "Sari Misalby Sari Misal\n"
      "September 18, 2024\nSOLO - " TEXT, .title = TITLE, .date = "2024-09-18", .place = "Solo",
      .authors = "Sari Misal", .section = "Daerah" },
    { "credit of a house of two letters", HEAD "Pedagang menata kios di tepi sungai. (KM/Sari Misal)\n"
      "SOLO (KM) - " TEXT, .title = TITLE, .outlet = "KM", .place = "Solo" },

    /* ---- from pages of ninety other outlets, each kind once ---- */
    { "an outlet by its address named twice", HEAD TEXT "Ikuti kanal contohkini.id\n"
      "Kirim berita ke contohkini.id\n", .title = TITLE, .outlet = "contohkini.id" },
    { "caption round its credit", HEAD "Pedagang menata kios di pasar baru di tepi sungai, Rabu "
      "(27/9/2023). Pembeli sudah berdatangan sejak pagi hari.\nCONTOH FOTO/Sari Misal/foc.\n"
      "Pedagang menata kios di pasar baru di tepi sungai, Rabu (27/9/2023).\n" TEXT,
      .title = TITLE },
    { "headline with a credit", HEAD "SOLO - " ONE "\n\n" TITLE "Contoh/Sari Misal\n\n" TWO
      "\n\n" THREE "\n", .title = TITLE, .place = "Solo" },
    { "headline with the house before it", HEAD "Contohku.com – " ONE "\n\nCONTOHKU - " TITLE
      "\n\n" TWO "\n\n" THREE "\n", .title = TITLE, .outlet = "Contohku.com" },
    { "headline with the house behind it", TITLE " - CONTOHKU.COM\n" HEAD "SOLO - " TEXT,
      .title = TITLE, .place = "Solo", .outlet = "CONTOHKU.COM" },
    { "full name beside the date, a desk's code", HEAD "Sari Misal\n\n20/1/2026 18:30\n\n" ONE "\n\n"
      TWO "\n\n" THREE " (E-2)\n", .title = TITLE, .authors = "Sari Misal",
      .date = "2026-01-20T18:30" },
    { "name, bullet, date", HEAD "Sari Misal • 14 November 2022 15:36\nSolo: " TEXT, .title = TITLE,
      .authors = "Sari Misal", .date = "2022-11-14T15:36", .place = "Solo" },
    { "stars before the mark", HEAD "SOLO - " ONE "\n\n" TWO "\n\n" THREE " *(eka)*\n",
      .title = TITLE, .place = "Solo", .authors = "eka" },
    { "initials behind a star in the mark", HEAD "SOLO - " ONE "\n\n" TWO "\n\n" THREE "(*/vin)\n",
      .title = TITLE, .place = "Solo", .authors = "vin" },
    { "subhead under a linked headline", HEAD "SOLO - " ONE "\n\nBaca Juga\nNgaji Sambil Berkebun, "
      "Cara Pesantren di Kudus Hidupi Dapur\n\nDipanen setiap pekan\n\n" TWO "\n\n" THREE "\n",
      .title = TITLE, .place = "Solo", .body = ONE "|Dipanen setiap pekan|" TWO "|" THREE },
    { "one caption twice", HEAD "SOLO - " ONE "\n\nPedagang memberi salam kepada pembeli\n\nPedagang "
      "memberi salam kepada pembeli\n\n" TWO "\n\n" THREE "\n", .title = TITLE, .place = "Solo" },
    { "small letters before a capital", HEAD "Kudus, infoWarg - " TEXT, .title = TITLE,
      .outlet = "infoWarg", .place = "Kudus" },
    { "name above the editor", HEAD "Sari Misal\nEditor : Budi Contoh\n\nSOLO - " TEXT,
      .title = TITLE, .place = "Solo", .authors = "Sari Misal", .editors = "Budi Contoh" },
    { "who wrote what is linked", HEAD "Oleh Sari Misal\nSOLO - " TEXT "Berita Terkait Lainnya\n"
      "Oleh BUDI CONTOH\nJumat, 5 Mei 2023 | 14:02 WIB\nJembatan Lama Mulai Diperbaiki\n",
      .title = TITLE, .place = "Solo", .authors = "Sari Misal" },
    { "tags between commas", HEAD "SOLO - " TEXT "air bersih, hutan, kalimantan barat, konflik lahan, "
      "sawit\n", .title = TITLE, .place = "Solo" },
    { "bulleted headlines below", HEAD "SOLO - " TEXT "- Muslihat Juwana\n- Usai 3 Hari Sopir Mogok, "
      "Tarif Angkot Disepakati\n- Sopir Truk Pati Meminta Jembatan Segera Dibuka\n"
      "- Layanan Kapal Perintis Lancar, Penumpang Beri Pujian\n", .title = TITLE,
      .place = "Solo" },
    { "a dateline far below the article", HEAD ONE "\n" TWO "\n" THREE "\n" ONE " Begitu pula "
      "kemarin, ketika hujan turun.\nBerita yang direkomendasi\n-\nDongeng untuk Way Kambas\nSurabaya - "
      "Siaran pers atau press release merupakan tulisan pendek bagi wartawan..\n",
      .title = TITLE, .body = BODY "|" ONE " Begitu pula kemarin, ketika hujan turun." },
    { "opened by a broken sentence", HEAD "(Foto:Ilustrasi Pasar) |\n\"Memang betul,\npara pedagang "
      "hendak pindah sebelum akhir pekan, sampai sore ini kami belum tahu\nkapan, sebab masih "
      "menunggu izin dari dinas pasar dan dari warga di sana.\n" TWO "\n" THREE "\n",
      .title = TITLE, .body = "\"Memang betul,|para pedagang hendak pindah sebelum akhir pekan, "
      "sampai sore ini kami belum tahu|kapan, sebab masih menunggu izin dari dinas pasar dan dari "
      "warga di sana.|" TWO "|" THREE },
    { "next page behind the last sentence", HEAD "SOLO - " ONE "\n\n" TWO "\n\n" THREE
      " HALAMAN SELANJUTNYA>>\n", .title = TITLE, .place = "Solo" },
    { "site - small letter", HEAD "ContohKota.id - pemerintah daerah membuka pasar baru di tepi sungai "
      "agar pedagang tidak berjualan di jalan.\n\n" TWO "\n\n" THREE "\n", .title = TITLE,
      .outlet = "ContohKota.id", .body = "pemerintah daerah membuka pasar baru di tepi sungai agar "
      "pedagang tidak berjualan di jalan.|" TWO "|" THREE },
    { "outlet (place),-", HEAD "Contoh FM (Pangkalpinang),- " TEXT, .title = TITLE,
      .outlet = "Contoh FM", .place = "Pangkalpinang" },
    { "SITE-PLACE REGION, text", HEAD "CONTOHNEWS.COM-ENDE NTT, " TEXT, .title = TITLE,
      .outlet = "CONTOHNEWS.COM", .place = "Ende" },
    { "place, outlet-text", HEAD "Pesisir Selatan, Contohkini-" TEXT, .title = TITLE,
      .outlet = "Contohkini", .place = "Pesisir Selatan" },
    { "category before a colon", "Kategori: Daerah\n" HEAD "SOLO - " TEXT, .title = TITLE,
      .place = "Solo", .section = "Daerah" },
    { "crumbs with slashes to the title", "Beranda / Berita / Aceh / " HEAD HEAD "SOLO - " TEXT,
      .title = TITLE, .place = "Solo", .section = "Aceh" },
    { "list of articles", "Artikel\n" HEAD "Ambon, Suluh Contoh – " ONE "\nselengkapnya\nHarga Cabai "
      "Naik di Pasar Lama\n\nWonreli, Suluh Contoh – " TWO "\nselengkapnya\nJalan Desa Rusak Lagi "
      "Tahun Ini\n\nTual, Suluh Contoh – " THREE "\nselengkapnya\n", .kind = "index", .body = "" },
    { "body twice, its lines broken elsewhere", "Sorong: " ONE "\n" TWO "\n" THREE "\n" "Sorong: " ONE "\n"
      "\"Kami minta semua pedagang pindah sebelum akhir pekan,\" kata Kepala Dinas Pasar, Budi\n"
      "Contoh, di lokasi pasar itu.\n" THREE "\n", .place = "Sorong" },
    { "headline and subtitle", "Pabrik Es Misalan Berhenti Produksi\n\nKadis: Trafo Rusak, Suku Cadang dari "
      "Surabaya\nEditor : Budi Contoh\nPeliput : Sari Misal\nSOLO - " TEXT,
      .title = "Pabrik Es Misalan Berhenti Produksi", .place = "Solo", .authors = "Sari Misal",
      .editors = "Budi Contoh" },
    { "a headline with its site is no byline", "Dewan Panggil Pengelola Terminal Misalan\n\nKamis, 21 Maret "
      "2013 – 07:12 WIB\nDewan Panggil Pengelola Terminal Misalan - CONTOH.COM\nSOLO - " TEXT,
      .title = "Dewan Panggil Pengelola Terminal Misalan", .place = "Solo",
      .date = "2013-03-21T07:12+07:00", .outlet = "CONTOH.COM" },
    { "names of icons", "light_mode\n" HEAD "  • account_circle Sari Misal\n  • calendar_month Jum, 29 Agu "
      "2025\n  • visibility 47\nSOLO - " TEXT, .title = TITLE, .place = "Solo",
      .authors = "Sari Misal", .date = "2025-08-29" },
    { "date, town, share", "Kamis, 4 Agustus 2011 10:47 WIB Klaten Share :\n\n" HEAD "Klaten "
      "(Contohpos.com)–" TEXT, .title = TITLE, .place = "Klaten", .outlet = "Contohpos.com",
      .date = "2011-08-04T10:47+07:00" },
    { "date, then a name", HEAD "Sabtu, 08 Oktober 2016 - Sari Misal\n" TEXT, .title = TITLE,
      .authors = "Sari Misal", .date = "2016-10-08" },
    { "a table of people", HEAD "Contoh.id - " TEXT "Penulis | : | Sari Misal |\nEditor | : | Budi Contoh "
      "|\n", .title = TITLE, .outlet = "Contoh.id", .authors = "Sari Misal", .editors = "Budi Contoh" },
    { "a name behind a quotation", HEAD "SOLO - " ONE "\n\n" THREE "\n\n\"Kami minta semua pedagang "
      "pindah sebelum akhir pekan,\"katanya (Sari Misal)\n", .title = TITLE, .place = "Solo",
      .authors = "Sari Misal", .body = ONE "|" THREE "|\"Kami minta semua pedagang pindah sebelum "
      "akhir pekan,\"katanya" },
    { "leads that break off below", HEAD "Contoh.id – " TEXT "SUKABUMI - Komunitas sungai menanam 500 bibit "
      "bambu di sempadan Cimandiri untuk…\nLapak buku bekas di Gang Pasundan kembali buka setelah "
      "tiga bulan dipindahkan ke…\n", .title = TITLE, .outlet = "Contoh.id" },
    { "winners under a colon", HEAD "SOLO - " ONE "\n" TWO "\nSusunan pemenang:\nJuara I: Gasta Junior "
      "(Rp15 juta)\nJuara II: Pasar Lama Putra (Rp10 juta)\nJuara III bersama: Bina Pesisir\n" THREE
      " (ilo/mir)\nKomentar Anda\nBERITA TERKAIT\nBina Pesisir Rekrut Lima Pemain Pulau\nPengcab "
      "Renang Siapkan Atlet ke Pekan Olahraga\nRumput Lapangan Bakal Diganti\n", .title = TITLE,
      .place = "Solo", .authors = "ilo|mir", .body = ONE "|" TWO "|Susunan pemenang:|Juara I: Gasta "
      "Junior (Rp15 juta)|Juara II: Pasar Lama Putra (Rp10 juta)|Juara III bersama: Bina "
      "Pesisir|" THREE },
    { "captions twice, one with whose it is, an unknown place", HEAD "HANGUS: Petugas menyiram sisa bara "
      "di gudang milik warga RT 4, Desa Contoh, kemarin.\n\nHANGUS: Petugas menyiram sisa bara di "
      "gudang milik warga RT 4, Desa Contoh, kemarin. (Relawan Misal)\n\nShare this\n\nBATEMISAL - "
      TEXT, .title = TITLE, .place = "Batemisal" },
    { "a menu of bars", "UTAMA | SOLO | KUDUS | NIAGA | OLAHRAGA | RAGAM\n\n" HEAD
      "CONTOHBEN.CO, SOLO – " TEXT, .title = TITLE, .outlet = "CONTOHBEN.CO", .place = "Solo" },
    { "a clock with blanks", HEAD "08 September 2019, 14: 05: 21 WIB | editor : Budi Contoh\nSOLO - " TEXT,
      .title = TITLE, .place = "Solo", .date = "2019-09-08T14:05:21+07:00",
      .editors = "Budi Contoh" },
    { "two dashes apart", HEAD "Contoh.net - - " TEXT, .title = TITLE, .outlet = "Contoh.net" },
    { "told to a paper in capitals", HEAD ONE "\n" TWO "\nIa berkata kepada KABARCONTOH, pasar itu dapat "
      "menampung dua ratus pedagang lama.\n", .title = TITLE, .outlet = "KABARCONTOH", .body = ONE "|"
      TWO "|Ia berkata kepada KABARCONTOH, pasar itu dapat menampung dua ratus pedagang lama." },
    { "a caption that begins like a dateline, twice", HEAD "EVAKUASI - Petugas mengevakuasi ular dari "
      "plafon ruang kelas, Senin pagi.\nEVAKUASI - Petugas mengevakuasi ular dari plafon ruang kelas, "
      "Senin pagi.\nSidoarjo (contohjaya.com) - " TEXT, .title = TITLE, .place = "Sidoarjo",
      .outlet = "contohjaya.com" },
    { "names parted by a slash, no brackets", HEAD "SOLO - " ONE "\n\n" TWO "\n\n" THREE " Hid/Waw\n",
      .title = TITLE, .place = "Solo", .authors = "Hid|Waw" },
    { "PLACE, Outlet alone on a line", HEAD "SAMARINDA, Poros Contoh\n" TEXT, .title = TITLE,
      .outlet = "Poros Contoh", .place = "Samarinda" },
    { "section of a page without a title", "Home / Daerah\n\nMinggu, 14 Juli 2024 - 19:52 WIB\n\nTANAH "
      "BUMBU, Contohkini.com– " TEXT, .place = "Tanah Bumbu", .outlet = "Contohkini.com",
      .date = "2024-07-14T19:52+07:00", .section = "Daerah" },
    { "the masthead is no section", "contohkini\n" HEAD "BANGLI, ContohKini.com - " TEXT, .title = TITLE,
      .outlet = "ContohKini.com", .place = "Bangli" },
    { "a number behind the editor", HEAD "SOLO - " TEXT "Editor: Budi Contoh 2187\n", .title = TITLE,
      .place = "Solo", .editors = "Budi Contoh" },
    { "captions with one credit in brackets", "Foto: Begini Riuhnya Lomba Tangkap Bebek di Situ\n"
      "Peserta berebut bebek pada lomba di situ itu, Selasa (14/2). [contoh.com/Sari Misal]\n"
      "Anak-anak menunggu giliran terjun dari dermaga bambu itu. [contoh.com/Sari Misal]\n"
      "Seorang peserta memeluk dua ekor bebek hasil tangkapannya. [contoh.com/Sari Misal]\n",
      .title = "Foto: Begini Riuhnya Lomba Tangkap Bebek di Situ", .kind = "photo",
      .outlet = "contoh.com", .body = "Peserta berebut bebek pada lomba di situ itu, Selasa (14/2). "
      "[contoh.com/Sari Misal]|Anak-anak menunggu giliran terjun dari dermaga bambu itu. "
      "[contoh.com/Sari Misal]|Seorang peserta memeluk dua ekor bebek hasil tangkapannya. "
      "[contoh.com/Sari Misal]" },
    { "numbered subheads below links", HEAD "SOLO - " ONE "\n\n1. Sumur Warga Berbau Solar\n\nEmber berisi "
      "air sumur milik warga. [Kontributor / Sari]\n\n" TWO "\n\nBaca selengkapnya\n\n2. Warung Bakmi di "
      "Kota Jogja Dibobol Orang\n\n" THREE "\n", .title = TITLE, .place = "Solo", .body = ONE "|1. Sumur "
      "Warga Berbau Solar|" TWO "|2. Warung Bakmi di Kota Jogja Dibobol Orang|" THREE },
};

#endif
