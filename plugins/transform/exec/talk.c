/* SPDX-License-Identifier: Apache-2.0 */
/* A line to the program, a line back, within a time; what it says on standard error meanwhile is
 * taken, so that it never waits for that. */
#define _GNU_SOURCE
#include "child.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { FIRST_ROOM = 4096, LOOK_AGAIN = 10000 };

/* write to a process that has ended, without the signal: it is blocked in this thread, and taken
 * away where it came. */
static ssize_t write_quietly(int fd, const void *data, size_t n)
{
    const struct timespec none = { 0, 0 };
    sigset_t pipe, before;
    ssize_t written;
    int err;

    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, &before);
    written = write(fd, data, n);
    err = errno;
    if (written < 0 && err == EPIPE && !sigismember(&before, SIGPIPE))
        sigtimedwait(&pipe, NULL, &none);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = err;
    return written;
}

static bool would_wait(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

/* Sends what the pipe takes. A program that has stopped reading may have answered nevertheless. */
static bool send_some(struct child *c, struct talk *t, size_t *sent)
{
    ssize_t n = write_quietly(c->in, t->line + *sent, t->len - *sent);

    if (n >= 0) {
        *sent += (size_t)n;
        return true;
    }
    if (errno == EPIPE) {
        *sent = t->len;
        return true;
    }
    t->err = errno;
    return would_wait();
}

/* Waits till there is something to do, and takes what is on standard error; false: the time is
 * over. A pipe that is not asked after has a descriptor of -1 here. */
static bool wait_for(struct child *c, const etl_record *rec, int in, int out, int64_t until)
{
    struct pollfd fds[3] = { { .fd = out, .events = POLLIN },
                             { .fd = c->err, .events = POLLIN },
                             { .fd = in, .events = POLLOUT } };
    int64_t left = until - monotonic_us();

    if (left <= 0)
        return false;
    if (poll(fds, 3, (int)(left / 1000 < 60000 ? left / 1000 + 1 : 60000)) > 0 && fds[1].revents)
        child_log(c, rec);
    return true;
}

/* Room for more of the answer; the line that was sent is the best guess of its length. */
static bool make_room(struct talk *t, size_t *room)
{
    size_t guess = t->len + t->len / 8 + FIRST_ROOM;

    if (t->used < *room)
        return true;
    if (t->used >= t->most)
        return false;
    *room = *room ? *room * 2 : guess;
    if (*room > t->most)
        *room = t->most;
    while (!(t->answer = etl_begin(t->rec, *room)) && *room > t->used + 1)
        *room = t->used + (*room - t->used) / 2; /* the limit may lie between */
    return t->answer != NULL;
}

/* REPLY_HUNG: nothing yet. */
static enum reply read_some(struct child *c, struct talk *t, size_t *room)
{
    char *end;
    ssize_t n;

    if (!make_room(t, room))
        return REPLY_TOO_LONG;
    n = read(c->out, t->answer + t->used, *room - t->used);
    if (n == 0)
        return REPLY_DIED;
    if (n < 0) {
        t->err = errno;
        return would_wait() ? REPLY_HUNG : REPLY_FAILED;
    }
    end = memchr(t->answer + t->used, '\n', (size_t)n);
    t->used += (size_t)n;
    if (!end)
        return REPLY_HUNG;
    if (end + 1 != t->answer + t->used) {
        t->used -= (size_t)(end + 1 - t->answer);
        t->answer = end + 1;
        return REPLY_TOO_MUCH;
    }
    t->used--;
    return REPLY_LINE;
}

/* Has the program begun to read? Some take their time until they can. */
static bool has_read(const struct child *c, size_t sent)
{
    int unread = 0;

    return ioctl(c->in, FIONREAD, &unread) != 0 || (size_t)unread < sent;
}

static int64_t sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

enum reply child_ask(struct child *c, struct talk *t)
{
    enum reply reply = REPLY_HUNG;
    size_t sent = 0, room = 0;
    int64_t now = monotonic_us();
    bool idle = c->answered == 0;
    int64_t until = now + (idle ? t->start_timeout : t->timeout);

    for (;;) {
        bool sends = sent < t->len, reads = reply == REPLY_HUNG;

        if (sends && !send_some(c, t, &sent))
            return REPLY_FAILED;
        sends = sent < t->len;
        if (!sends && !reads)
            return reply;
        if (!wait_for(c, t->rec, sends ? c->in : -1, reads ? c->out : -1,
                      idle ? sooner(until, now + LOOK_AGAIN) : until) &&
            (!idle || now >= until))
            return idle ? REPLY_IDLE : REPLY_HUNG;
        if (reads)
            reply = read_some(c, t, &room);
        if (reply != REPLY_HUNG && reply != REPLY_LINE)
            return reply;
        if (idle) {
            now = monotonic_us();
            idle = !has_read(c, sent);
            until = idle ? until : now + t->timeout;
        }
    }
}

enum reply child_is_silent(struct child *c, char *text, size_t max)
{
    ssize_t n = read(c->out, text, max - 1);

    text[n > 0 ? n : 0] = '\0';
    return n > 0 ? REPLY_TOO_MUCH : n == 0 ? REPLY_DIED : REPLY_LINE;
}

enum reply child_dismiss(struct child *c, int64_t until, char *text, size_t max)
{
    enum reply reply;

    child_say_no_more(c);
    while ((reply = child_is_silent(c, text, max)) == REPLY_LINE)
        if (!wait_for(c, NULL, -1, c->out, until))
            return REPLY_HUNG;
    return reply;
}
