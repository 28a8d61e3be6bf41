import Foundation
import Git
import RemoteHelper
do {
    let environment = ProcessInfo.processInfo.environment
    let helper = try RemoteHelper(arguments: Array(CommandLine.arguments.dropFirst()), environment: environment)
    let out = try await helper.run { batch in
        FileHandle.standardError.write("\(batch.updates) \(batch.options) \(batch.remoteRefs)\n".data(using: .utf8)!)
        return batch.updates.filter { $0.destination.contains("bad") }.map { Refusal(destination: $0.destination, reason: "refused: because") } }
    FileHandle.standardError.write("\(String(describing: out?.landed))\n".data(using: .utf8)!)
} catch { FileHandle.standardError.write("err \(error)\n".data(using: .utf8)!); exit(128) }
