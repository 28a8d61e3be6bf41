package import BuildPlan

extension FailureReport {
    package init(_ error: SettingError) {
        self.init(problem: error.problem, hint: error.suggestion.map { "did you mean '\($0)'?" }, status: .usage)
    }

    package init(_ error: BuildPlanError) {
        switch error {
        case .invalidConfiguration(let problems):
            self.init(DeliveryError.invalidConfiguration(ProblemLines.summary(of: problems)))
        case .tree(let error): self.init(DeliveryError.tree(error))
        }
    }
}
