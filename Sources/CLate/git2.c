#ifdef __linux__
#include <git2.h>
#include <stdarg.h>

#include "late.h"

static struct late_library git2 = {"libgit2.so." LIBGIT2_SOVERSION, PTHREAD_MUTEX_INITIALIZER, 0};

int late_has_git2(void) { return late_is_here(&git2); }

LATE(git2, int, git_libgit2_init, (void), ())
LATE(git2, const git_error *, git_error_last, (void), ())
LATE(git2, int, git_repository_open, (git_repository **out, const char *path), (out, path))
LATE(git2, void, git_repository_free, (git_repository *repository), (repository))
LATE(git2, int, git_repository_odb, (git_odb **out, git_repository *repository), (out, repository))
LATE(git2, int, git_reference_name_to_id, (git_oid *out, git_repository *repository, const char *name),
     (out, repository, name))
LATE(git2, int, git_oid_fromstr, (git_oid *out, const char *text), (out, text))
LATE(git2, void, git_odb_free, (git_odb *database), (database))
LATE(git2, int, git_odb_read_header, (size_t *size, git_object_t *type, git_odb *database, const git_oid *id),
     (size, type, database, id))
LATE(git2, int, git_odb_read, (git_odb_object **out, git_odb *database, const git_oid *id), (out, database, id))
LATE(git2, void, git_odb_object_free, (git_odb_object *object), (object))
LATE(git2, size_t, git_odb_object_size, (git_odb_object *object), (object))
LATE(git2, const void *, git_odb_object_data, (git_odb_object *object), (object))

/* Only options with one int are set. */
int git_libgit2_opts(int option, ...) {
    va_list arguments;
    va_start(arguments, option);
    int value = va_arg(arguments, int);
    va_end(arguments);
    int (*opts)(int, ...) = (int (*)(int, ...))late_symbol(&git2, "git_libgit2_opts");
    return opts(option, value);
}
#else
#include "late.h"

int late_has_git2(void) { return 1; }
#endif
