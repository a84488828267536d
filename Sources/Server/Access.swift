package import HTTPTypes

/// Who may do what: every route of a server with the permission that it needs.
///
/// The server answers at the routes of this table and nowhere else, and a route cannot be written down without its
/// permission, so nothing is reachable that the table does not list.
package struct Access: Sendable {
    package struct Entry: Sendable, Hashable {
        package var method: HTTPRequest.Method
        /// As the route declares it, such as `/v1/decisions/{id}`.
        package var path: String
        package var permission: Permission
        package var isPage: Bool
        /// Other names of the same path.
        package var shortPaths: [String]
    }

    let routes: [Route]

    /// - Precondition: No two routes have the same method and path.
    package init(_ routes: [Route]) {
        var seen: Set<String> = []
        for route in routes {
            let isNew = seen.insert("\(route.method) \(route.path)").inserted
            precondition(isNew, "\(route.method) \(route.path) is declared twice")
        }
        self.routes = routes
    }

    /// In the order in which the routes are declared.
    package var table: [Entry] {
        routes.map {
            Entry(
                method: $0.method, path: $0.path, permission: $0.permission, isPage: $0.isPage,
                shortPaths: $0.shortPaths)
        }
    }

    /// The methods that each path takes, in the order of its routes.
    var methods: [(path: String, methods: [HTTPRequest.Method])] { Self.methods(of: routes) }

    /// The methods that each path takes from pages of other origins, in the order of its routes.
    var methodsForPages: [(path: String, methods: [HTTPRequest.Method])] {
        Self.methods(of: routes.filter(\.isForPages))
    }

    private static func methods(of routes: [Route]) -> [(path: String, methods: [HTTPRequest.Method])] {
        var methods: [(path: String, methods: [HTTPRequest.Method])] = []
        for route in routes {
            for path in [route.path] + route.shortPaths {
                if let index = methods.firstIndex(where: { $0.path == path }) {
                    methods[index].methods.append(route.method)
                } else {
                    methods.append((path, [route.method]))
                }
            }
        }
        return methods
    }
}
