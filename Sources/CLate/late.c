#define _GNU_SOURCE
#include "late.h"

#include <dlfcn.h>
#include <stdio.h>
#include <unistd.h>

static void fail(const char *what) {
    fprintf(stderr, "hephy: %s cannot be used: %s\n", what, dlerror());
    _exit(128);
}

int late_is_here(struct late_library *library) {
    pthread_mutex_lock(&library->lock);
    if (!library->handle) library->handle = dlopen(library->name, RTLD_NOW | RTLD_LOCAL);
    int is_here = library->handle != 0;
    pthread_mutex_unlock(&library->lock);
    return is_here;
}

void *late_symbol(struct late_library *library, const char *function) {
    pthread_mutex_lock(&library->lock);
    if (!library->handle) {
        library->handle = dlopen(library->name, RTLD_NOW | RTLD_LOCAL);
        if (!library->handle) fail(library->name);
    }
    pthread_mutex_unlock(&library->lock);
    void *found = dlsym(library->handle, function);
    if (!found) fail(function);
    return found;
}
