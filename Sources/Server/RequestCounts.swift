import HTTPTypes
import Synchronization

/// How many requests each route has answered, by class of status.
final class RequestCounts: Sendable {
    /// The counts of one route.
    final class Count: Sendable {
        let method: String
        /// As declared; empty for requests that no route took.
        let path: String
        private let succeeded = Atomic<Int>(0)
        private let redirected = Atomic<Int>(0)
        private let refused = Atomic<Int>(0)
        private let failed = Atomic<Int>(0)

        fileprivate init(method: String, path: String) {
            self.method = method
            self.path = path
        }

        func record(_ status: HTTPResponse.Status) {
            switch status.code {
            case ..<300: succeeded.wrappingAdd(1, ordering: .relaxed)
            case ..<400: redirected.wrappingAdd(1, ordering: .relaxed)
            case ..<500: refused.wrappingAdd(1, ordering: .relaxed)
            default: failed.wrappingAdd(1, ordering: .relaxed)
            }
        }

        /// The classes that have occurred.
        fileprivate var samples: [PrometheusWriter.Sample] {
            let counts = [
                ("2xx", succeeded.load(ordering: .relaxed)), ("3xx", redirected.load(ordering: .relaxed)),
                ("4xx", refused.load(ordering: .relaxed)), ("5xx", failed.load(ordering: .relaxed)),
            ]
            return counts.filter { $0.1 > 0 }.map { name, count in
                ([("method", method), ("path", path), ("status", name)], Double(count))
            }
        }
    }

    /// Requests that no route took.
    let unmatched = Count(method: "", path: "")
    private let counts = Mutex<[Count]>([])

    /// Where a route's answers are counted.
    func count(of route: Route) -> Count {
        let count = Count(method: route.method.rawValue, path: route.path)
        counts.withLock { $0.append(count) }
        return count
    }

    /// As Prometheus reads them.
    var samples: [PrometheusWriter.Sample] { (counts.withLock { $0 } + [unmatched]).flatMap(\.samples) }
}
