/// What a run on this machine sees of the environment of the push that started it.
///
/// Only what a builder needs to find its programs, its daemon and the network, what is called `HEPHY_REGISTRY_*`, and
/// what the user has named: everything else, tokens above all, stays behind.
struct RunnerEnvironment {
    let variables: [String: String]

    /// Where programs, the home folder and temporary files are, and how builders are reached and told to work.
    private static let passed: Set<String> = [
        "PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "XDG_RUNTIME_DIR",
        "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG",
        "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "CONTAINER_HOST", "CONTAINERS_CONF", "CONTAINERS_STORAGE_CONF",
        "CONTAINERS_REGISTRIES_CONF", "REGISTRY_AUTH_FILE", "STORAGE_DRIVER", "STORAGE_OPTS", "BUILDAH_ISOLATION",
        "BUILDKIT_HOST", "GOPATH", "GOCACHE", "GOMODCACHE", "GOROOT", "GOTOOLCHAIN", "SSL_CERT_FILE", "SSL_CERT_DIR",
        "HEPHY_REGISTRY", "HEPHY_REGISTRY_USER", "HEPHY_REGISTRY_PASSWORD", "HEPHY_REGISTRY_INSECURE",
    ]
    /// Passed unless a password stands in the address.
    private static let proxies: Set<String> = [
        "http_proxy", "https_proxy", "all_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY",
    ]

    /// - Parameters:
    ///   - environment: that of the push.
    ///   - named: the variables that the user wants to be passed as well (`hephy.local.env`).
    init(_ environment: [String: String], naming named: [String]) {
        let named = Set(named)
        variables = environment.filter { name, value in
            named.contains(name) || Self.passed.contains(name)
                || (Self.proxies.contains(name) && !value.contains("@"))
        }
    }
}
