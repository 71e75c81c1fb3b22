/* How long a road of frames stands still.
     stall road SECONDS MICROSECONDS ONE TWO   a frame every so often from the SOCK_SEQPACKET listener ONE to TWO, which a switch joins
     stall bare SECONDS MICROSECONDS [first]   the same between two socket pairs that a child joins: wait, receive, send, no switch;
                                               the child, too, ahead of all others
     stall loop SECONDS                        no road: a loop that does nothing but read the clock
   Prints frames, and of the microseconds from a frame's sending to its arrival the median and the longest; of the loop the longest
   time between two looks. The sender runs ahead of all others (SCHED_FIFO), the child and the loop as everybody does unless told
   otherwise: what is measured is who forwards, not who measures. A frame on its way holds the next one back, so a stand-still counts in full. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { FRAME = 64, TYPE_AT = 12, NUMBER_AT = 14, MOST_FRAMES = 4 << 20, LOST_AFTER = 1000, PRIORITY = 10 };

static const uint8_t first[6] = { 0x52, 0x54, 0, 0, 0, 1 }, second[6] = { 0x52, 0x54, 0, 0, 0, 2 };
static uint32_t took[MOST_FRAMES];

static int check(int result, const char *what) {
    if (result < 0) {
        perror(what);
        exit(1);
    }
    return result;
}

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void loop(double seconds) {
    int64_t start = now(), last = start, longest = 0, looks = 0;
    while (last - start < seconds * 1e9) {
        int64_t look = now();
        if (look - last > longest)
            longest = look - last;
        last = look;
        looks++;
    }
    printf("%lld 0 %.1f\n", (long long)looks, longest / 1e3);
}

static int dial(const char *path) {
    struct sockaddr_un to = { .sun_family = AF_UNIX };
    snprintf(to.sun_path, sizeof to.sun_path, "%s", path);
    int s = check(socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0), "socket");
    check(connect(s, (struct sockaddr *)&to, sizeof to), path);
    return s;
}

/* One frame at a time, as it came. */
static void forward(int one, int two) {
    int epoll = check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1"), ends[2] = { one, two };
    static char frame[2048];
    for (int i = 0; i < 2; i++) {
        struct epoll_event watch = { .events = EPOLLIN, .data.u32 = (unsigned)i };
        check(epoll_ctl(epoll, EPOLL_CTL_ADD, ends[i], &watch), "epoll_ctl");
    }
    for (;;) {
        struct epoll_event events[2];
        int count = epoll_wait(epoll, events, 2, -1);
        for (int i = 0; i < count; i++) {
            ssize_t length = recv(ends[events[i].data.u32], frame, sizeof frame, 0);
            if (length <= 0)
                exit(0);
            send(ends[1 - events[i].data.u32], frame, (size_t)length, MSG_NOSIGNAL);
        }
    }
}

static void run_first(int priority) {
    check(sched_setscheduler(0, SCHED_FIFO, &(struct sched_param){ .sched_priority = priority }), "sched_setscheduler");
}

static pid_t pairs(int *one, int *two, int is_first) {
    int a[2], b[2];
    check(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, a), "socketpair");
    check(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, b), "socketpair");
    pid_t child = check(fork(), "fork");
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (is_first)
            run_first(PRIORITY - 1);
        close(a[0]);
        close(b[0]);
        forward(a[1], b[1]);
    }
    *one = a[0];
    *two = b[0];
    return child;
}

static void say(int s, const uint8_t *to, const uint8_t *from, uint64_t number) {
    uint8_t frame[FRAME] = { 0 };
    memcpy(frame, to, 6);
    memcpy(frame + 6, from, 6);
    frame[TYPE_AT] = 0x88, frame[TYPE_AT + 1] = 0xb5;
    memcpy(frame + NUMBER_AT, &number, sizeof number);
    check((int)send(s, frame, sizeof frame, MSG_NOSIGNAL), "send");
}

/* Waits for the frame with that number; 0 when it does not come. */
static int hear(int s, uint64_t number) {
    for (;;) {
        struct pollfd wait = { .fd = s, .events = POLLIN };
        if (check(poll(&wait, 1, LOST_AFTER), "poll") == 0)
            return 0;
        uint8_t frame[2048];
        uint64_t heard;
        if (check((int)recv(s, frame, sizeof frame, 0), "recv") != FRAME || frame[TYPE_AT] != 0x88)
            continue;
        memcpy(&heard, frame + NUMBER_AT, sizeof heard);
        if (heard == number)
            return 1;
    }
}

static int shorter(const void *a, const void *b) {
    uint32_t one = *(const uint32_t *)a, two = *(const uint32_t *)b;
    return (one > two) - (one < two);
}

static void measure(int one, int two, double seconds, long microseconds) {
    uint64_t number = 1;
    for (int tries = 0; say(two, first, second, number), !hear(one, number); number++)
        if (++tries == 10) {
            fprintf(stderr, "no frame gets through\n");
            exit(1);
        }
    int64_t start = now(), due = start;
    long count = 0, lost = 0;
    while (due - start < seconds * 1e9 && count < MOST_FRAMES) {
        due += microseconds * 1000;
        if (due < now())
            due = now();
        struct timespec at = { due / 1000000000, due % 1000000000 };
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
        int64_t sent = now();
        say(one, second, first, ++number);
        lost += !hear(two, number);
        took[count++] = (uint32_t)(now() - sent);
    }
    if (lost) {
        fprintf(stderr, "%ld of %ld frames were lost\n", lost, count);
        exit(1);
    }
    qsort(took, (size_t)count, sizeof *took, shorter);
    printf("%ld %.1f %.1f\n", count, took[count / 2] / 1e3, took[count - 1] / 1e3);
}

int main(int argc, char **argv) {
    int one, two;
    pid_t child = 0;
    if (argc == 3 && !strcmp(argv[1], "loop")) {
        loop(atof(argv[2]));
        return 0;
    }
    if (argc == 6 && !strcmp(argv[1], "road")) {
        one = dial(argv[4]);
        two = dial(argv[5]);
    } else if ((argc == 4 || argc == 5) && !strcmp(argv[1], "bare")) {
        child = pairs(&one, &two, argc == 5);
    } else {
        fprintf(stderr, "usage: see the head of stall.c\n");
        return 2;
    }
    run_first(PRIORITY);
    measure(one, two, atof(argv[2]), atol(argv[3]));
    if (child)
        kill(child, SIGKILL);
    return 0;
}
