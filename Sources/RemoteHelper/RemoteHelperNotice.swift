/// What the user should know although the conversation with git goes on.
package enum RemoteHelperNotice: Sendable {
    /// Git's configuration does not hold what git-lfs needs to find its server; without a value the key should go.
    case settingNotMade(key: String, value: String?, reason: String)
    /// A push to this URL, which is no remote's, ended before anything was sent, with git-lfs in its hook.
    case uploadsWithoutRemote(url: String)
}
