/// What git itself says, in its words, where this program has to say it in git's place.
enum GitWords: String {
    /// Over http a service has no path of its own (transport-helper.c, `process_connect_service`).
    case servicePathUnused = "warning: setting remote service path not supported by protocol"
    /// With which `git push` ends (send-pack.c).
    case noPushOptions = "fatal: the receiving end does not support push options"

    /// Says it on standard error.
    func say() {
        _ = ProtocolChannel.write(Array((rawValue + "\n").utf8)[...], to: 2)
    }
}
