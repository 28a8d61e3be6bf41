// swift-tools-version: 6.2
import PackageDescription

// The house, lowest floor first; docs/architecture.md holds the same table and scripts/check-layers compares the two.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .swiftLanguageMode(.v6),
]

/// The name for pkg-config where the library is linked; on Linux CLate loads it when it is first needed.
func linked(_ name: String) -> String? {
    #if os(Linux)
        nil
    #else
        name
    #endif
}

let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

func room(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func door(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(
        name: name, dependencies: ["HephyTestSupport"] + dependencies, exclude: exclude, swiftSettings: settings)
}

let package = Package(
    name: "hephy",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "hephy", targets: ["hephy"]),
        .executable(name: "git-remote-hephy", targets: ["git-remote-hephy"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    ],
    targets: [
        // 0: C
        .systemLibrary(
            name: "CGit2", pkgConfig: linked("libgit2"), providers: [.apt(["libgit2-dev"]), .brew(["libgit2"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"]), .brew(["libyaml"])]),
        .systemLibrary(
            name: "CCurl", pkgConfig: linked("libcurl"),
            providers: [.apt(["libcurl4-openssl-dev"]), .brew(["curl"])]),
        .target(name: "CLate", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
        .target(name: "CProcess"),
        // 1: outside
        room("Git", ["CGit2", "CLate", "CProcess", subprocess]),
        room("YAML", ["CYAML"]),
        room("HTTP", ["CCurl", "CLate"]),
        // 2: subjects
        room("RemoteHelper", ["Git", subprocess]),
        room("BuildPlan", ["YAML"]),
        room("Credentials", ["Git", "HTTP", "Forge", subprocess]),
        room("Forge", ["Git", "HTTP", "YAML", subprocess]),
        room("RunTail", ["Forge"]),
        room("LocalRuns", ["Git", "Forge", subprocess]),
        room("Scaffold", ["BuildPlan"]),
        // 3: the push
        room(
            "Delivery",
            ["Git", "YAML", "HTTP", "RemoteHelper", "BuildPlan", "Credentials", "Forge", "RunTail", "Scaffold"]),
        // 4: commands
        room(
            "HephyCommands",
            ["Delivery", "Git", "BuildPlan", "Forge", "RunTail", "LocalRuns", "Scaffold", argumentParser]),
        // 5: doors
        door("hephy", ["HephyCommands"]),
        door("git-remote-hephy", ["Delivery"]),
        // tests
        .target(
            name: "HephyTestSupport", dependencies: [subprocess], path: "Tests/HephyTestSupport",
            swiftSettings: settings),
        .executableTarget(
            name: "hephy-virtual-helper", dependencies: ["Delivery", "BuildPlan", "Git"],
            path: "Tests/doubles/virtual-helper", swiftSettings: settings),
        tests("GitTests", ["Git"]),
        tests("YAMLTests", ["YAML"]),
        tests("HTTPTests", ["HTTP", subprocess]),
        tests("RemoteHelperTests", ["RemoteHelper", "Git"]),
        tests("BuildPlanTests", ["BuildPlan", "YAML"]),
        tests("CredentialsTests", ["Credentials", "Forge", "Git", "HTTP"]),
        tests("ForgeTests", ["Forge", "Git", "HTTP", "YAML"], exclude: ["Fixtures"]),
        tests("RunTailTests", ["RunTail", "Forge"]),
        tests("ScaffoldTests", ["Scaffold", "BuildPlan", "Forge"]),
        tests(
            "DeliveryTests",
            ["Delivery", "Git", "HTTP", "RemoteHelper", "BuildPlan", "Credentials", "Forge", "RunTail"]),
        tests("StepsTests", ["BuildPlan"]),
        tests("EndToEndTests", ["hephy", "git-remote-hephy", "hephy-virtual-helper"]),
    ]
)
