#ifdef __linux__
#include <curl/curl.h>
#include <stdarg.h>

#include "late.h"

/* curl.h has macros of these names, which check the types of the variadic functions. */
#undef curl_easy_setopt
#undef curl_easy_getinfo

/* This has been the library's name since 2006; a newer one would be another interface. */
static struct late_library curl = {"libcurl.so.4", PTHREAD_MUTEX_INITIALIZER, 0};

LATE(curl, CURLcode, curl_global_init, (long flags), (flags))
LATE(curl, CURL *, curl_easy_init, (void), ())
LATE(curl, void, curl_easy_cleanup, (CURL *easy), (easy))
LATE(curl, const char *, curl_easy_strerror, (CURLcode code), (code))
LATE(curl, struct curl_slist *, curl_slist_append, (struct curl_slist *list, const char *text), (list, text))
LATE(curl, void, curl_slist_free_all, (struct curl_slist *list), (list))
LATE(curl, CURLM *, curl_multi_init, (void), ())
LATE(curl, CURLMcode, curl_multi_cleanup, (CURLM *multi), (multi))
LATE(curl, CURLMcode, curl_multi_add_handle, (CURLM *multi, CURL *easy), (multi, easy))
LATE(curl, CURLMcode, curl_multi_remove_handle, (CURLM *multi, CURL *easy), (multi, easy))
LATE(curl, CURLMcode, curl_multi_perform, (CURLM *multi, int *running), (multi, running))
LATE(curl, CURLMcode, curl_multi_poll,
     (CURLM *multi, struct curl_waitfd *extra, unsigned int count, int timeout, int *ready),
     (multi, extra, count, timeout, ready))
LATE(curl, CURLMcode, curl_multi_wakeup, (CURLM *multi), (multi))
LATE(curl, CURLMsg *, curl_multi_info_read, (CURLM *multi, int *left), (multi, left))
LATE(curl, const char *, curl_multi_strerror, (CURLMcode code), (code))

/* Every value that curl takes is a long, a pointer or a curl_off_t: one register each where a long has 64 bits. */
_Static_assert(sizeof(long) == sizeof(void *) && sizeof(curl_off_t) == sizeof(void *), "values of one size");

CURLcode curl_easy_setopt(CURL *easy, CURLoption option, ...) {
    va_list arguments;
    va_start(arguments, option);
    void *value = va_arg(arguments, void *);
    va_end(arguments);
    CURLcode (*set)(CURL *, CURLoption, ...) =
        (CURLcode(*)(CURL *, CURLoption, ...))late_symbol(&curl, "curl_easy_setopt");
    return set(easy, option, value);
}

CURLcode curl_easy_getinfo(CURL *easy, CURLINFO info, ...) {
    va_list arguments;
    va_start(arguments, info);
    void *value = va_arg(arguments, void *);
    va_end(arguments);
    CURLcode (*get)(CURL *, CURLINFO, ...) =
        (CURLcode(*)(CURL *, CURLINFO, ...))late_symbol(&curl, "curl_easy_getinfo");
    return get(easy, info, value);
}
#endif
