import Git
import Subprocess

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// A program on this machine that builds images.
package enum Builder: String, CaseIterable, Sendable {
    case docker
    case podman
    case buildctl
    case buildah
    case ko
    case spin

    /// What this machine builds with.
    package struct Standing: Sendable {
        package var name: String
        /// Whether the program is there and can build.
        package var answers: Bool
        /// The only backend that it builds for; nil for one that builds images from a Dockerfile.
        package var backend: String?
        /// The command that installs it, or another that does the same.
        package var installation: String
    }

    /// How every builder stands here; all are asked at once.
    package static func survey(environment: [String: String]) async -> [Standing] {
        await withTaskGroup(of: (Builder, Bool).self) { group in
            for builder in allCases {
                group.addTask { (builder, await builder.answers(environment: environment)) }
            }
            var answers: [Builder: Bool] = [:]
            for await (builder, isAnswering) in group { answers[builder] = isAnswering }
            return allCases.map { builder in
                let backend = builder == .ko || builder == .spin ? builder.rawValue : nil
                return Standing(
                    name: builder.rawValue, answers: answers[builder] ?? false, backend: backend,
                    installation: installation(for: backend ?? "buildkit"))
            }
        }
    }

    /// Those that keep images on this machine, best first.
    static let stores: [Builder] = [.docker, .podman, .buildah]

    /// What fits the backend, best first.
    ///
    /// Without a push the image has to go to a store on this machine, which `buildctl` has none of; constructs that need
    /// BuildKit are best left to it all the same.
    static func fitting(_ backend: String, pushes: Bool) -> [Builder] {
        switch backend {
        case "ko": [.ko]
        case "spin": [.spin]
        case "buildkit": pushes ? [.docker, .buildctl, .podman, .buildah] : [.docker, .podman, .buildah, .buildctl]
        default: pushes ? [.docker, .podman, .buildctl, .buildah] : [.docker, .podman, .buildah, .buildctl]
        }
    }

    /// The command that installs one for the backend.
    static func installation(for backend: String) -> String {
        switch backend {
        case "ko": "go install github.com/google/ko@latest"
        case "spin": "curl -fsSL https://spinframework.dev/downloads/install.sh | bash"
        default: "sudo apt-get install buildah"
        }
    }

    /// The question that only a builder which can build answers.
    private var question: [String] {
        switch self {
        case .docker: ["version", "--format", "{{.Server.Version}}"]
        case .podman: ["info", "--format", "{{.Host.Arch}}"]
        case .buildctl: ["debug", "workers"]
        case .buildah, .ko: ["version"]
        case .spin: ["--version"]
        }
    }

    /// Whether the program is there and answers within ten seconds.
    func answers(environment: [String: String]) async -> Bool {
        let child = ChildEnvironment(environment)
        let question = question
        let name = rawValue
        return await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                let ran = try? await Subprocess.run(
                    child.executable(name), arguments: Arguments(question), environment: child.environment,
                    input: .none, output: .discarded, error: .discarded)
                return ran?.terminationStatus.isSuccess ?? false
            }
            group.addTask {
                try? await Task.sleep(for: .seconds(10))
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }
}
