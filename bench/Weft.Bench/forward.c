/* forward ONE TWO: carries frames between TAP devices "tap0" that it makes in the named network namespaces ONE and TWO.
   What a TAP itself costs: one thread, one read and one write per frame, offloads on, no switch. Ends when killed. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <net/if.h>
#include <linux/if_tun.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { TAPS = 2, BUDGET = 32, VNET_HEADER = 12, ETHERNET_HEADER = 14, LARGEST_PACKET = 65535 };

static char frame[VNET_HEADER + ETHERNET_HEADER + LARGEST_PACKET];

static int check(int result, const char *what) {
    if (result < 0) {
        perror(what);
        exit(1);
    }
    return result;
}

static void enter(const char *space) {
    char path[256];
    snprintf(path, sizeof path, "/run/netns/%s", space);
    int fd = check(open(path, O_RDONLY | O_CLOEXEC), path);
    check(setns(fd, CLONE_NEWNET), "setns");
    close(fd);
}

static int open_tap(const char *space) {
    enter(space);
    int tap = check(open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC), "/dev/net/tun");
    struct ifreq request = { .ifr_name = "tap0", .ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR };
    check(ioctl(tap, TUNSETIFF, &request), "TUNSETIFF");
    int size = VNET_HEADER;
    check(ioctl(tap, TUNSETVNETHDRSZ, &size), "TUNSETVNETHDRSZ");
    check(ioctl(tap, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6), "TUNSETOFFLOAD");
    return tap;
}

/* Carries up to a budget of frames. Returns 0 when the queue is empty: edges come once, so it goes on until then.
   A frame that the other side does not take is lost, as on a wire. */
static int carry(int from, int to) {
    for (int i = 0; i < BUDGET; i++) {
        ssize_t length = read(from, frame, sizeof frame);
        if (length < 0)
            return 0;
        if (write(to, frame, (size_t)length) < 0)
            continue;
    }
    return 1;
}

int main(int argc, char **argv) {
    if (argc != 1 + TAPS) {
        fprintf(stderr, "usage: forward ONE TWO\n");
        return 2;
    }
    int taps[TAPS], ready[TAPS] = { 0, 0 };
    int epoll = check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
    for (int i = 0; i < TAPS; i++) {
        taps[i] = open_tap(argv[1 + i]);
        struct epoll_event watch = { .events = EPOLLIN | EPOLLET, .data.u32 = (unsigned)i };
        check(epoll_ctl(epoll, EPOLL_CTL_ADD, taps[i], &watch), "epoll_ctl");
    }
    for (;;) {
        struct epoll_event events[TAPS];
        int count = epoll_wait(epoll, events, TAPS, ready[0] || ready[1] ? 0 : -1);
        for (int i = 0; i < count; i++)
            ready[events[i].data.u32] = 1;
        for (int i = 0; i < TAPS; i++)
            if (ready[i])
                ready[i] = carry(taps[i], taps[1 - i]);
    }
}
