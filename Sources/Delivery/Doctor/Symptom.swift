import BuildPlan
import Credentials
import Forge
import Git
import RemoteHelper
import Scaffold

/// The facts that a doctor finds, by what they are about; `FailureReport+Doctor.swift` says them.
enum Symptom {
    enum OfMachine: Sendable {
        case git(version: String, path: String)
        case gitTooOld(version: String, path: String)
        case gitMissing(reason: String)
        case helper(version: String, path: String)
        /// Git finds a helper of another version than this program.
        case otherHelper(version: String?, path: String)
        /// Git finds no helper; `beside` is the folder of this program, where it has one lying beside it.
        case helperMissing(beside: String?)
        case helperBroken(path: String, reason: String)
        case share(path: String)
        case lacking(LocalLack)
        case builders(names: [String])
        /// Nothing here builds `images`, or for a backend; `isNeeded` where a push to this machine would.
        case noBuilder(of: String, installation: String, isNeeded: Bool)
        /// The one builder that `hephy.local.builder` names does not answer.
        case namedBuilderMissing(name: String, installation: String, isNeeded: Bool)
    }

    enum OfRepository: Sendable {
        case repository(path: String, isBare: Bool)
        case noRepository
        /// Git does not trust the repository's owner.
        case foreignRepository(path: String)
        case gitFailed(GitError)
        case noRemote
        /// A remote's URL holds a password or a token; `clean` is the URL without.
        case password(remote: String, host: String, clean: String)
        case configuration(isThere: Bool)
        case configurationWarning(summary: String)
        /// A setting that a push passes over, which it does with git's configuration, or that ends it.
        case badSetting(SettingError, isPassedOver: Bool)
        case unusable(DeliveryError)
        case ciFile(path: String, drift: Drift)
        /// No CI file of hephy's is there, and a forge would need one.
        case noCIFile
    }

    enum OfRemote: Sendable {
        case url(RemoteURL)
        case refusedURL(RemoteHelperError)
        /// The repository on this machine is not there; the first push makes it where `isMade`.
        case noRepositoryThere(path: String, isMade: Bool)
        case forge(product: ForgeProduct, host: String, by: ForgeRecognition.Means)
        case forgeError(DeliveryError)
        /// The forge gave no answer in this time.
        case noAnswer(host: String, seconds: Int)
        case token(CredentialSource, TokenRights, host: String, product: ForgeProduct)
        /// GitHub takes pushes with this token, but for those that change files of workflows.
        case noWorkflowScope(CredentialSource)
        /// `hasNext` where another token, or none, does as well.
        case refusedToken(CredentialSource, DeliveryError, hasNext: Bool)
        case noToken(remark: String, host: String, product: ForgeProduct, canRead: Bool)
    }

    enum OfLFS: Sendable {
        case lfs(version: String)
        case noProgram
        case notSetUp
        case server(url: String)
        case serverUnset(commands: [String])
    }
}
