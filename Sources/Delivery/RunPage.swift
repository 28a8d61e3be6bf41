import Forge
package import Git
import HTTP
import RemoteHelper

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The page of a run on the web, and the program that shows it.
package struct RunPage: Sendable {
    private let location: RepositoryLocation

    package init(_ location: RepositoryLocation) {
        self.location = location
    }

    /// The address of the run that `text` (RUN or COMMIT, nil for the newest) selects.
    ///
    /// - Returns: http or https, on the forge's own host.
    /// - Throws: `DeliveryError` when there is no such run, or it has no page.
    package func url(_ text: String?, remote: String?) async throws(DeliveryError) -> String {
        let found = try await RunRevisit(location).find(text, remote: remote)
        guard let run = found.runs.last?.run else { throw .nothingToWatch }
        guard let page = run.url, let url = HTTPURL(page) else {
            throw .noPage(run: run.id, isHere: found.forge.connection.forge.isThisMachine)
        }
        let web = await WebOrigin.origin(of: found.forge.place.url, git: location.git)
        guard url.origin.host == web.host else {
            throw .noPage(run: run.id, isHere: false)
        }
        return page
    }

    /// Shows `url` with the user's browser, as which this process goes on.
    ///
    /// It is the first of `BROWSER`, as a list that colons separate; else what the system opens addresses with, where there
    /// is a screen. Returns where there is none.
    package static func show(_ url: String, environment: [String: String]) {
        for command in (environment["BROWSER"] ?? "").split(separator: ":") {
            var words = command.split(separator: " ").map(String.init)
            guard !words.isEmpty else { continue }
            let holdsPlace = words.contains { $0.contains("%s") }
            words = words.map { $0.replacing("%s", with: url) }
            become(holdsPlace ? words : words + [url])
        }
        #if canImport(Darwin)
            become(["open", url])
        #else
            let hasScreen = ["DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"].contains { environment[$0] != nil }
            if hasScreen { become(["xdg-open", url]) }
        #endif
    }

    /// Goes on as another program; returns where there is none of that name.
    private static func become(_ command: [String]) {
        var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) }
        defer { for argument in arguments { free(argument) } }
        arguments.append(nil)
        if let program = arguments.first ?? nil { execvp(program, arguments) }
    }
}
