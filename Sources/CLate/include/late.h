#ifndef HEPHY_CLATE_H
#define HEPHY_CLATE_H

#include <pthread.h>

/*
 * Libraries that are loaded when one of their functions is first called.
 *
 * Git starts the helper for every fetch and push. libgit2 and libcurl bring some forty libraries with them, whose
 * loading takes longer than everything else that the helper does before it answers; a fetch calls neither, and a push
 * only when there is something to read or to ask. So on Linux this target defines the functions that hephy calls, under
 * their own names, and each definition hands over to the library's. Elsewhere the libraries are linked as usual.
 */
struct late_library {
    const char *name;
    pthread_mutex_t lock;
    void *handle;
};

/* Whether libgit2 can be loaded; git itself reads objects where it cannot. */
int late_has_git2(void);

/* Whether a library can be loaded. */
int late_is_here(struct late_library *library);

/* The library's own function of this name. A library or a function that is not there ends the process with 128 and a
 * line that names it: the installation is broken, and nothing has been sent. */
void *late_symbol(struct late_library *library, const char *function);

/* Defines `type name parameters` as a call of the library's function. Two threads may both look it up: they find the
 * same. */
#define LATE(library, type, name, parameters, arguments)                                     \
    type name parameters {                                                                   \
        static void *function;                                                               \
        void *found = __atomic_load_n(&function, __ATOMIC_ACQUIRE);                          \
        if (!found) {                                                                        \
            found = late_symbol(&library, #name);                                            \
            __atomic_store_n(&function, found, __ATOMIC_RELEASE);                            \
        }                                                                                    \
        return ((type(*) parameters)found)arguments;                                         \
    }

#endif
