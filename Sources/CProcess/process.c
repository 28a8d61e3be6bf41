#define _GNU_SOURCE
#include "process.h"

extern char **environ;

char **process_environment(void) { return environ; }

#ifdef __linux__
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Everything below runs in the child, which has the parent's memory until it has become the program: system calls only. */

static void reset_signals(void) {
    for (int number = 1; number < NSIG; number++) {
        struct sigaction action;
        if (sigaction(number, NULL, &action) != 0) continue;
        int is_ignored = !(action.sa_flags & SA_SIGINFO) && action.sa_handler == SIG_IGN;
        if (is_ignored && number != SIGPIPE) continue;
        action.sa_flags = 0;
        action.sa_handler = SIG_DFL;
        sigemptyset(&action.sa_mask);
        sigaction(number, &action, NULL);
    }
}

static int take_streams(const int streams[3]) {
    int moved[3];
    for (int number = 0; number < 3; number++) {
        moved[number] = streams[number];
        /* Else another stream would take its place before it is taken. */
        if (streams[number] < 3 && streams[number] != number) moved[number] = fcntl(streams[number], F_DUPFD, 3);
        if (moved[number] < 0) return -1;
    }
    for (int number = 0; number < 3; number++) {
        int done = moved[number] == number ? fcntl(number, F_SETFD, 0) : dup2(moved[number], number);
        if (done < 0) return -1;
    }
    return 0;
}

static void close_others(unsigned kept) {
    for (int descriptor = 3; descriptor < 32; descriptor++) {
        if (!(kept >> descriptor & 1)) close(descriptor);
    }
#ifdef SYS_close_range
    if (syscall(SYS_close_range, 32U, ~0U, 0U) == 0) return;
#endif
    /* Before Linux 5.9; what is opened here closes by its own flag. */
    for (int descriptor = 32; descriptor < 1024; descriptor++) close(descriptor);
}

static void become(const char *path, char *const *arguments, char *const *environment, const int streams[3],
                   unsigned kept, pid_t parent) {
    reset_signals();
    if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0) return;
    /* It may have gone before it was named. */
    if (getppid() != parent) _exit(127);
    if (take_streams(streams) != 0) return;
    close_others(kept);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(path, arguments, environment);
}

int process_start_bound(const char *path, char *const *arguments, char *const *environment, const int streams[3],
                        unsigned kept, int *child) {
    /* A handler that ran in the child would run in the parent's memory. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    volatile int failure = 0;
    pid_t parent = getpid();
    pid_t id = vfork();
    if (id == 0) {
        become(path, arguments, environment, streams, kept, parent);
        failure = errno;
        _exit(127);
    }
    int code = id < 0 ? errno : failure;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (id < 0) return code;
    if (code != 0) {
        while (waitpid(id, NULL, 0) < 0 && errno == EINTR) {
        }
        return code;
    }
    *child = id;
    return 0;
}
#endif
