#ifndef HEPHY_CGIT2_H
#define HEPHY_CGIT2_H

#include <git2.h>

/* git_libgit2_opts is variadic, which Swift cannot call. */
static inline int hephy_git2_set_owner_validation(int enabled) {
    return git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, enabled);
}

#endif
