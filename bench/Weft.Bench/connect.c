/* connect ADDRESS PORT SECONDS: connects and closes with a reset, one after the other; prints connections per second.
   A reset leaves no TIME_WAIT at the client, so its ports do not run out. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec / 1e9; }

int main(int argc, char **argv) {
    if (argc != 4) return 2;
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(argv[2])) };
    inet_pton(AF_INET, argv[1], &to.sin_addr);
    struct linger reset = { 1, 0 };
    double start = now(), end = start + atof(argv[3]);
    long done = 0, failed = 0;
    while (now() < end) {
        int s = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(s, (struct sockaddr *)&to, sizeof to) == 0) done++; else failed++;
        setsockopt(s, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        close(s);
    }
    printf("%.0f %ld\n", done / (now() - start), failed);
    return 0;
}
