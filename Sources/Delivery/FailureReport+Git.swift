import BuildPlan
import Forge
import Git
import RemoteHelper

extension FailureReport {
    static func report(_ error: GitError) -> FailureReport {
        switch error {
        case .programNotStarted(let reason):
            FailureReport(problem: "git could not be run: \(reason)", status: .gitFailed)
        case .commandFailed(let arguments, let status, let message):
            FailureReport(
                problem: "'git \(arguments.joined(separator: " "))' ended with \(status): \(firstLine(message))",
                status: .gitFailed)
        case .notARepository(let path):
            FailureReport(
                problem: "'\(path)' is in no git repository", hint: "cd into one, or name it: git -C DIR hephy ...",
                status: .gitFailed)
        case .repositoryNotMade(let path, let reason):
            FailureReport(
                problem: "no repository could be made at '\(path)': \(firstLine(reason))",
                hint: "XDG_DATA_HOME names the folder that holds them", status: .gitFailed)
        case .unknownRevision(let name):
            FailureReport(problem: "'\(firstLine(name))' is no commit of this repository", status: .usage)
        case .unreadableObject(let id, let reason):
            FailureReport(
                problem: "object \(id) cannot be read: \(reason)", hint: "git fsck", status: .gitFailed)
        case .objectTooLarge(let id, let size, let limit):
            FailureReport(
                problem: "object \(id) has \(size) bytes, more than the \(limit) that are read", status: .configuration)
        case .library(let code, let operation, let message):
            FailureReport(
                problem: "libgit2 could not \(operation): \(firstLine(message)) (\(code))", status: .gitFailed)
        }
    }

    static func report(_ error: RemoteHelperError) -> FailureReport {
        switch error {
        case .wrongArguments:
            FailureReport(
                problem: "this program is started by git, for remotes whose URL begins with 'hephy::'",
                hint: "git remote add hephy hephy::github.com/OWNER/REPOSITORY", status: .usage)
        case .notFromUser:
            FailureReport(
                problem: "refused: git is not acting for the user (GIT_PROTOCOL_FROM_USER=0)",
                hint: "use a plain https URL in .gitmodules", status: .usage)
        case .url(let error): report(error)
        case .urlByRule(let error, let rule):
            FailureReport(
                problem: report(error).problem,
                hint: "the rule '\(firstLine(rule))' of git's configuration put it there; "
                    + "git's credential helper keeps it without one", status: .usage)
        case .git(let error): report(error)
        case .transportNotAllowed(let name):
            FailureReport(
                problem: "transport '\(name)' is not allowed by this git's configuration",
                hint: "GIT_ALLOW_PROTOCOL, protocol.\(name).allow and protocol.allow decide that", status: .gitFailed)
        case .transportNotServed(let url):
            FailureReport(problem: "'\(url.text)' cannot be reached by hephy", status: .usage)
        case .sshCannot(let what):
            FailureReport(
                problem: "ssh variant 'simple' does not support \(what)",
                hint: "where your ssh understands OpenSSH's options: git config ssh.variant ssh", status: .gitFailed)
        case .unforeseenRewriting(let url):
            FailureReport(
                problem: "a rule for URLs leads to '\(url.text)', from a file of configuration that is read too late",
                hint: "put the rule into ~/.gitconfig, or name the URL: hephy::\(url.text)", status: .gitFailed)
        case .noDataDirectory:
            FailureReport(
                problem: "neither XDG_DATA_HOME nor HOME says where the repositories of hephy::local/ are",
                hint: "export HOME=...", status: .usage)
        case .notPushedYet(let url):
            FailureReport(
                problem: "'hephy::\(url.text)' has no repository yet: the first push makes it",
                hint: "git push hephy::\(url.text) main", status: .gitFailed)
        case .advertisementTooLarge(let limit):
            FailureReport(
                problem: "the server lists refs of more than \(limit >> 20) MiB", hint: nil, status: .gitFailed)
        case .disconnected: FailureReport(problem: nil, status: .gitFailed)
        case .transportEnded: FailureReport(problem: nil, status: .gitFailed)
        case .transportNotStarted(let reason):
            FailureReport(problem: "the transport could not be started: \(reason)", status: .gitFailed)
        case .malformedCommand(let line):
            FailureReport(problem: "git said '\(firstLine(line))', which is not in its protocol", status: .gitFailed)
        }
    }

    static func report(_ notice: RemoteHelperNotice) -> FailureReport {
        switch notice {
        case .settingNotMade(let key, let value, let reason):
            let command = value.map { "git config '\(key)' '\($0)'" } ?? "git config --unset-all '\(key)'"
            return FailureReport(
                problem: "git-lfs may look for its server in the wrong place: \(firstLine(reason))",
                hint: firstLine(command), status: .succeeded)
        case .uploadsWithoutRemote(let url):
            return FailureReport(
                problem: nil,
                hint:
                    "git-lfs finds the server only of a remote; give the URL a name: git remote add NAME '\(firstLine(url))'",
                status: .succeeded)
        }
    }

    static func report(_ error: RemoteURLError) -> FailureReport {
        let form = "the form is hephy::HOST/OWNER/REPOSITORY"
        switch error {
        case .missingHost: return FailureReport(problem: "the URL names no host", hint: form, status: .usage)
        case .missingPath(let host):
            return FailureReport(problem: "the URL for '\(host)' names no repository", hint: form, status: .usage)
        case .malformedHost(let host):
            return FailureReport(problem: "'\(firstLine(host))' is no host", hint: form, status: .usage)
        case .controlCharacter:
            return FailureReport(problem: "the URL holds a control character", hint: form, status: .usage)
        case .notUTF8:
            return FailureReport(
                problem: "the URL holds bytes that are not UTF-8",
                hint: "in an http or ssh URL write them percent-encoded (%E9); a path has to be UTF-8", status: .usage)
        case .password(let host):
            return FailureReport(
                problem: "the URL for '\(host)' holds a password, which git would print",
                hint: "leave it out; git's credential helper keeps it: git config credential.helper", status: .usage)
        case .tokenAsUser(let host):
            return FailureReport(
                problem: "the URL for '\(host)' holds what looks like a token as its user name, which git would print",
                hint: "leave it out; git's credential helper keeps it: git config credential.helper", status: .usage)
        case .leadingDash(let part):
            return FailureReport(
                problem: "'\(firstLine(part))' begins with a dash, so a program could take it for an option",
                hint: form, status: .usage)
        case .nestedHelper(let name):
            return FailureReport(
                problem: "'\(name)::' inside a hephy:: URL names another remote helper",
                hint: "git config --get-regexp 'url\\..*insteadof' shows rules that may have put it there",
                status: .usage)
        case .unsupportedScheme(let scheme):
            return FailureReport(
                problem: "'\(firstLine(scheme))://' is no scheme that hephy pushes through",
                hint: "use https://, or http:// on a network you trust", status: .usage)
        case .missingName:
            return FailureReport(
                problem: "'hephy::local/' names no repository on this machine",
                hint: "the form is hephy::local/NAME; the first push makes it", status: .usage)
        case .malformedName(let name):
            return FailureReport(
                problem: "'\(firstLine(name))' is no name for a repository on this machine",
                hint: "the form is hephy::local/NAME, of letters, digits, '.', '_' and '-'", status: .usage)
        }
    }

    static func report(_ error: SourceTreeError) -> FailureReport {
        switch error {
        case .tooLarge(let path, let limit):
            FailureReport(problem: "'\(path)' has more than the \(limit) bytes that are read", status: .configuration)
        case .unreadable(let path, let reason):
            FailureReport(problem: "'\(path)' cannot be read: \(reason)", hint: "git fsck", status: .gitFailed)
        }
    }

    /// The first line of somebody else's words, made safe as by `StandardError.safe` and at most 300 characters long.
    static func firstLine(_ text: String) -> String {
        let line = text.split(omittingEmptySubsequences: true, whereSeparator: \.isNewline).first ?? ""
        let visible = PlainText.visible(String(line.unicodeScalars.prefix(3000)))
        let safe = StandardError.masked(visible, isCut: true)
        return String(String.UnicodeScalarView(safe.unicodeScalars.prefix(300)))
    }
}
