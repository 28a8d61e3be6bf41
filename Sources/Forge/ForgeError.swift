/// A fact about a request to a forge that gave nothing usable.
///
/// A `host` has its port where that is not the usual one.
package enum ForgeError: Error, Hashable, Sendable {
    /// No usable token, or the forge no longer takes it (401).
    case unauthorized(host: String, detail: String)
    /// The token may not do this (403); `permission` is what the forge says it wants.
    case forbidden(host: String, detail: String, permission: String?)
    /// The organisation wants a single sign-on first; `url` is where to do it.
    case singleSignOnRequired(host: String, url: String?)
    /// 404: it is not there, or the token may not see it.
    case notFound(host: String, what: String)
    /// 422 and other refusals of what was asked, with the forge's own sentence.
    case refused(host: String, status: Int, detail: String)
    /// A primary or secondary rate limit; nothing may be asked before `retryAfter` has passed.
    case rateLimited(host: String, retryAfter: Duration, resetAt: Int64?)
    /// 5xx, no connection, a broken exchange, a truncated or malformed answer: worth another try.
    case unavailable(host: String, detail: String)
    /// Something between us and the forge answered (a proxy's or a sign-on page).
    case intercepted(host: String, detail: String)
    /// The certificate was not accepted, or a credential would have gone where it must not: no use trying again.
    case untrusted(host: String, detail: String)
    /// The forge sent the request on to another origin, where the token must not go: no use trying again.
    case redirected(host: String, place: String)
    /// The server's version (`server`, with its product) has no API for what was asked; `page` is where a person sees it.
    case unsupported(host: String, server: String, page: String?)
    /// A file of the runs on this machine, or the program that executes them, could not be used.
    case machine(FileFault)
    case cancelled

    /// Whether the same request may succeed later without anybody acting.
    package var isTransient: Bool {
        switch self {
        case .rateLimited, .unavailable, .intercepted: true
        case .unauthorized, .forbidden, .singleSignOnRequired, .notFound, .refused, .untrusted, .redirected,
            .unsupported, .machine, .cancelled:
            false
        }
    }
}
