package import BuildPlan

extension FailureReport {
    package init(_ error: SettingError) {
        self.init(problem: error.problem, hint: error.suggestion.map { "did you mean '\($0)'?" }, status: .usage)
    }

    /// What a push says of a wrong value in git's configuration, which does not end it.
    init(passedOver error: SettingError) {
        self.init(
            problem: "\(error.problem); a push passes over all that git config says of hephy",
            hint: "git config --show-origin --get-regexp '^hephy\\.' shows where it stands", status: .succeeded)
    }

    package init(_ error: BuildPlanError) {
        switch error {
        case .invalidConfiguration(let problems):
            self.init(PlanObstacle.invalidConfiguration(summary: ProblemLines.summary(of: problems)))
        case .tree(let error): self.init(DeliveryError.tree(error))
        }
    }
}
